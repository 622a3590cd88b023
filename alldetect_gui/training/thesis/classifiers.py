"""The classifiers that the thesis discusses, on the same features: scikit-learn's, hardly set and not tuned.

Beside them what any of them must beat: a word without looking, and two of what can be measured without a network.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import COLOUR


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=0.01, max_iter=500)


def _machine(seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(C=1.0, kernel="rbf", gamma="scale", cache_size=500)


def _neighbours(seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors=5)


def _bayes(seed: int) -> Any:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB()


def _tree(seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(min_samples_leaf=5, random_state=seed)


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=200, random_state=seed, n_jobs=1)


def _constant(seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="constant", constant=True)


_LOGISTIC = "logistic regression (C 0.01)"
CLASSIFIERS: Mapping[str, Callable[[int], Any]] = {
    _LOGISTIC: _logistic,
    "SVM (RBF, C 1)": _machine,
    "k-nearest neighbours (5)": _neighbours,
    "naive Bayes (Gaussian)": _bayes,
    "decision tree (5 a leaf)": _tree,
    "random forest (200 trees)": _forest,
}
"""Name in the report -> a fresh classifier for a seed. None of these settings was tuned."""

ALWAYS = "always ALL"
"""The baseline that does not look."""
BASELINES: Mapping[str, tuple[slice, str]] = {
    ALWAYS: (slice(0, 1), ALWAYS),
    "cell area alone": (slice(0, 1), _LOGISTIC),
    "colour alone (mean and deviation of R, G, B)": (COLOUR, _LOGISTIC),
}
"""Name in the report -> which columns of `cell_measures` it sees, and the classifier on them."""


def scores_of(
    name: str,
    train: tuple[NDArray[np.float32], NDArray[np.bool_]],
    test: NDArray[np.float32],
    seed: int,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Called ALL, and a score that rises with ALL (probability or margin), of `test`; both (n_test,).

    Features are standardised by the training part.
    """
    features, is_all = train
    mean, scale = features.mean(axis=0), features.std(axis=0) + np.float32(1e-6)
    model = {**CLASSIFIERS, ALWAYS: _constant}[name](seed)
    model.fit((features - mean) / scale, is_all)
    standard = (test - mean) / scale
    if hasattr(model, "predict_proba"):
        score = np.asarray(model.predict_proba(standard)[:, 1], np.float64)
        return score >= 0.5, score
    score = np.asarray(model.decision_function(standard), np.float64)
    return score >= 0, score
