"""Writes geometry.json: what scikit-learn and gensim make of two of the sample files.

    pip install numpy scikit-learn gensim
    python geometry.py ../../sample_vectors geometry.json
"""

import importlib.metadata
import json
import sys
from pathlib import Path

import gensim
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

PCA_WORDS = {
    "starter.vectors.tsv": ["king", "queen", "dog", "france", "monday"],
    "glove-6b-100d.bin": ["king", "paris", "running", "seven", "coffee"],
}
QUERIES = ["king", "france", "coffee", "monday", "seven", "car", "music", "computer", "good", "running"]
ANALOGIES = [
    ("man", "king", "woman"),
    ("france", "paris", "japan"),
    ("good", "better", "bad"),
    ("walking", "walked", "swimming"),
    ("car", "cars", "dog"),
]


def rounded(values):
    return [round(float(value), 6) for value in values]


def pca(words, rows, shown):
    """Exact PCA of centred rows, which are not otherwise scaled. A component's sign is free: coordinates are absolute."""
    model = PCA(n_components=10, svd_solver="full").fit(rows)
    places = np.abs(model.transform(rows))
    return {
        "explained_variance_ratio": rounded(model.explained_variance_ratio_),
        "absolute_coordinates": {word: rounded(places[words.index(word)]) for word in shown},
    }


def faithfulness(rows, k):
    """What the first two components keep of the k nearest rows by Euclidean distance. Continuity is trustworthiness with the
    two spaces changed for each other."""
    places = PCA(n_components=2, svd_solver="full").fit_transform(rows)
    near = [NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False) for x in (rows, places)]
    kept = [len(set(a) & set(b)) for a, b in zip(*near)]
    return {
        "k": k,
        "mean_kept": round(float(np.mean(kept)), 6),
        "trustworthiness": round(float(trustworthiness(rows, places, n_neighbors=k)), 6),
        "continuity": round(float(trustworthiness(places, rows, n_neighbors=k)), 6),
    }


def answers(found):
    return [{"word": word, "score": round(float(score), 6)} for word, score in found]


def main():
    samples, out = Path(sys.argv[1]), Path(sys.argv[2])
    lines = (samples / "starter.metadata.tsv").read_text().splitlines()[1:]
    starter_words = [line.split("\t")[0] for line in lines]
    starter = np.loadtxt(samples / "starter.vectors.tsv")
    # gensim's norms and products are f32, and so are its scores.
    glove = gensim.models.KeyedVectors.load_word2vec_format(samples / "glove-6b-100d.bin", binary=True)
    glove_rows = glove.vectors.astype(np.float64)
    analogies = []
    for a, b, c in ANALOGIES:
        # A is to B as C is to …; gensim scales each input to unit length, and leaves the inputs out of the answers.
        found = glove.most_similar(positive=[b, c], negative=[a], topn=10)
        analogies.append({"a": a, "b": b, "c": c, "answers": answers(found)})
    document = {
        "made_with": {name: importlib.metadata.version(name) for name in ("scikit-learn", "gensim", "numpy")},
        "starter": {
            "pca": pca(starter_words, starter, PCA_WORDS["starter.vectors.tsv"]),
            "faithfulness": faithfulness(starter, 10),
            "kmeans": {
                "k": 8,
                "best_inertia_of_10": round(KMeans(8, n_init=10, random_state=0).fit(starter).inertia_, 6),
                "best_inertia_of_1000": round(KMeans(8, n_init=1000, random_state=0).fit(starter).inertia_, 6),
            },
        },
        "glove-6b-100d": {
            "pca": pca(glove.index_to_key, glove_rows, PCA_WORDS["glove-6b-100d.bin"]),
            "faithfulness": faithfulness(glove_rows, 15),
            "neighbors": [{"query": q, "neighbors": answers(glove.most_similar(q, topn=10))} for q in QUERIES],
            "analogies": analogies,
        },
    }
    out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
