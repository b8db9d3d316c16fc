"""Fit how much the words of a post speak for a signal. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_words --data DATA

The careful reader knows how people talk, from sentences above all; which remedies, brands and campaigns real posts are
about it forgets. A logistic regression of `signal` on the words of labelled posts (part `train`), and on each two side
by side, adds that to the second opinion. Writes nlp/model/words.csv, and prints how well words alone rank the part
`fit`. `nlp.fit_opinion` comes after it: it fits how much they count, and gives the whole a new release.
"""

import argparse
from pathlib import Path

from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from nlp.fit_gate import matrix, vocabulary, words_of
from nlp.gate import write_weights
from nlp.labelled import real_posts
from nlp.reader import MODEL

STRENGTH = 0.1
"""Inverse of the regularisation: the more, the better real posts are told apart, and the worse hard sentences."""
LEAST_WEIGHT = 0.03


def main() -> None:
    """Fit, write, and print how well they rank."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    examples = real_posts(said.data, "train")
    posts = words_of([example.text for example in examples])
    places = vocabulary(posts)
    model = LogisticRegression(C=STRENGTH, max_iter=500)
    model.fit(
        matrix(posts, places),
        [example.signal == 1 for example in examples],
        sample_weight=[example.weight for example in examples],
    )
    weights = {word: round(float(model.coef_[0][place]), 3) for word, place in places.items()}
    kept = {word: weight for word, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}
    write_weights(MODEL / "words.csv", kept)
    unseen = real_posts(said.data, "fit")
    scores = model.decision_function(matrix(words_of([example.text for example in unseen]), places))
    ranked = average_precision_score([example.signal == 1 for example in unseen], scores)
    print(f"{len(kept)} weights; average precision of words alone on {len(unseen)} posts of the part fit: {ranked:.2f}")


if __name__ == "__main__":
    main()
