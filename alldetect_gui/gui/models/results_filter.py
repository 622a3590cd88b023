"""The ready-made choices beside the filter line, each as a query."""

from enum import StrEnum

from alldetect_gui.gui.language import marked


class Show(StrEnum):
    """In the order of the list; the values are its words."""

    EVERYTHING = marked("All results")
    ALL = marked("A  Suggested ALL")
    HEM = marked("H  Suggested HEM")
    UNCERTAIN = marked("U  Uncertain")
    SKIPPED = marked("Skipped")
    DIFFERENT = marked("Differs from reference")
    OUTSIDE = marked("Outside")
    OPEN = marked("Not read yet")
    READ = marked("Read")
    OVERRULED = marked("Read otherwise than suggested")


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
