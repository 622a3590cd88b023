"""What people say, in a workspace file: readings and notes of images, signatures under patients, what names mean."""

import os
from collections.abc import Sequence
from pathlib import Path

from alldetect_gui.core.kept import KeptReview, KeptSignOff
from alldetect_gui.core.records import ImageRecord, ModelIdentity
from alldetect_gui.core.reviews import UNREAD, Reading, Review, SignOff
from alldetect_gui.store.workspace_file import WorkspaceFile, path_bytes


def keep_reviews(
    file: WorkspaceFile,
    folder: Path,
    reviews: Sequence[tuple[ImageRecord, str, Review]],
    sign_offs: Sequence[tuple[str, SignOff | None]],
    *,
    who: str = "",
    why: str = "",
) -> None:
    """Append the new state of each image (record, SHA-256 of its bytes or "", review) and patient; None: withdrawn.

    One transaction, and one audit entry for each: from which class, to which, why.
    """
    who = who or file.who()
    with file.ledger.transaction():
        number = file.folder_number(folder)
        for record, sha256, review in reviews:
            _keep_review(file, number, record, sha256, review, who, why)
        for subject, sign_off in sign_offs:
            _keep_sign_off(file, number, subject, sign_off, who)


def reviews_of(file: WorkspaceFile, folder: Path) -> list[KeptReview]:
    """What was last said about each image of `folder`; images that are unread again are left out."""
    where = "folder = (SELECT id FROM folders WHERE path = ?)"
    rows = {row[2]: row for row in file.ledger.select("reviews", where, (os.fsencode(folder.absolute()),))}
    kept = []
    for _, _, _, relative, image, reading, note, blind, who, utc in rows.values():
        with file.understood():
            review = Review(Reading(reading) if reading else None, note, bool(blind))
        sha256 = file.ledger.select("images", "id = ?", (image,))[0][1] if image is not None else ""
        if review != UNREAD:
            kept.append(KeptReview(relative, sha256, review, who, utc))
    return kept


def sign_offs_of(file: WorkspaceFile, folder: Path) -> list[KeptSignOff]:
    """The signatures that stand under patients of `folder`."""
    where = "folder = (SELECT id FROM folders WHERE path = ?)"
    rows = {row[2]: row for row in file.ledger.select("sign_offs", where, (os.fsencode(folder.absolute()),))}
    return [
        KeptSignOff(SignOff(subject, cells, open_cells, reason), who, utc)
        for _, _, subject, cells, open_cells, reason, withdrawn, who, utc in rows.values()
        if not withdrawn
    ]


def keep_names(file: WorkspaceFile, folder: Path, names: str, *, who: str = "") -> None:
    """Append how the names of `folder` are to be read, in JSON. One audit entry: from what, to what."""
    who = who or file.who()
    with file.ledger.transaction():
        folder_number, before = file.folder_number(folder), names_of(file, folder)
        number, digest = file.ledger.add("understandings", folder=folder_number, names=names, who=who, utc=file.now())
        file.log("names corrected", who=who, old=before, new=names, about=f"understandings {number} {digest.hex()}")


def names_of(file: WorkspaceFile, folder: Path) -> str:
    """What was last kept of how the names of `folder` are to be read; empty when nothing was."""
    where = "folder = (SELECT id FROM folders WHERE path = ?)"
    rows = file.ledger.select("understandings", where, (os.fsencode(folder.absolute()),))
    return rows[-1][2] if rows else ""


def _keep_review(
    file: WorkspaceFile, folder: int, record: ImageRecord, sha256: str, review: Review, who: str, why: str
) -> None:
    path = path_bytes(record)
    before = file.ledger.select("reviews", "folder = ? AND path = ?", (folder, path))
    old, model = before[-1][5] if before else "", None
    suggested = _last_suggestion(file, folder, path)
    if suggested is not None:
        model = suggested[1]
        old = old or f"suggested {suggested[0]}"
    number, digest = file.ledger.add(
        "reviews", folder=folder, path=path, relative=record.relative,
        image=file.image_number(sha256) if sha256 else None, reading=review.reading.value if review.reading else "",
        note=review.note, blind=int(review.blind), who=who, utc=file.now(),
    )  # fmt: skip
    told = "; ".join(part for part in (why, review.note, "blind first read" if review.blind else "") if part)
    file.log(
        "read" if review.is_read else "unread", model=model, who=who, image_sha256=sha256, old=old,
        new=review.reading.value if review.reading else "", why=told, about=f"reviews {number} {digest.hex()}",
    )  # fmt: skip


def _last_suggestion(file: WorkspaceFile, folder: int, path: bytes) -> tuple[str, ModelIdentity] | None:
    """What the program last suggested for an image of a folder, and by which model."""
    runs = "run IN (SELECT id FROM runs WHERE folder = ?) AND path = ? AND prediction IS NOT NULL"
    outcomes = file.ledger.select("outcomes", runs, (folder, path))
    if not outcomes:
        return None
    prediction = file.ledger.select("predictions", "id = ?", (outcomes[-1][-1],))[0]
    return prediction[4], file.model(prediction[1])[0]


def _keep_sign_off(file: WorkspaceFile, folder: int, subject: str, sign_off: SignOff | None, who: str) -> None:
    withdrawn, told = sign_off is None, sign_off or SignOff(subject, 0)
    number, digest = file.ledger.add(
        "sign_offs", folder=folder, subject=subject, cells=told.cells, open_cells=told.open_cells,
        reason=told.reason, withdrawn=int(withdrawn), who=who, utc=file.now(),
    )  # fmt: skip
    file.log(
        "signature withdrawn" if withdrawn else "signed", who=who, why=told.reason,
        new=f"patient {subject or '-'}: {told.cells} cells, {told.open_cells} open",
        about=f"sign_offs {number} {digest.hex()}",
    )  # fmt: skip
