"""The ready-made choices beside the filter line, each as a query."""

from enum import StrEnum


class Show(StrEnum):
    """In the order of the list; the values are its words."""

    EVERYTHING = "All results"
    ALL = "A  Suggested ALL"
    HEM = "H  Suggested HEM"
    UNCERTAIN = "U  Uncertain"
    SKIPPED = "Skipped"
    DIFFERENT = "Differs from reference"
    OUTSIDE = "Outside"
    OPEN = "Not read yet"
    READ = "Read"
    OVERRULED = "Read otherwise than suggested"


QUERIES = {
    Show.EVERYTHING: "",
    Show.ALL: "suggestion:all",
    Show.HEM: "suggestion:hem",
    Show.UNCERTAIN: "uncertain",
    Show.SKIPPED: "skipped",
    Show.DIFFERENT: "wrong",
    Show.OUTSIDE: "outside",
    Show.OPEN: "open",
    Show.READ: "reviewed",
    Show.OVERRULED: "overruled",
}
