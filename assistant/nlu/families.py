"""Parts messages of one meaning into families that say it in like words, by the characters they share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

# So many that a tenth of the messages is a family, on the average.
_FAMILIES = 10


def families_of(texts: Sequence[str]) -> np.ndarray:
    """Give the number of each text's family, from 0; there are ten, or as many as texts where they are fewer.

    Texts are joined by Ward's method over tf-idf of two to four characters, so that no encoder that is measured has a
    say in what is alike.
    """
    if len(texts) < 2:
        return np.zeros(len(texts), int)
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit_transform(texts)
    clusters = AgglomerativeClustering(min(_FAMILIES, len(texts)), linkage="ward")
    return np.asarray(clusters.fit_predict(grams.toarray()))
