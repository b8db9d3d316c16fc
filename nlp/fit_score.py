"""Fit the weights of `nlp/score.toml` on labelled real posts of the part `train`. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_score --data DATA

The weights are a logistic regression of "the post is a signal" on what the rules read of its likeliest falsifiable
claim, so that scores are probabilities. Prints how often posts of a score are signals.
"""

import argparse
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.knowledge import HERE
from nlp.labelled import real_posts
from nlp.pipeline import Tagger
from nlp.score import read_weights
from nlp.tags import Document


def main() -> None:
    """Fit, write, and print a reliability table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    posts = real_posts(said.data, "train")
    tagger = Tagger(careful=False)
    read = [(reasons, post.signal == 1) for post in posts if (reasons := tagger.reasons(Document(post.text)))]
    signals = [signal for _, signal in read]
    names = DictVectorizer(sparse=False)
    table = names.fit_transform([reasons for reasons, _ in read])
    model = LogisticRegression(max_iter=1000).fit(table, signals)
    path = HERE / "score.toml"
    lines = [f'release = "{read_weights(path).release}"', f"intercept = {model.intercept_[0]:.3f}", "", "[weights]"]
    lines += [f'"{name}" = {weight:.3f}' for name, weight in zip(names.feature_names_, model.coef_[0], strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"posts {len(posts)}, signals {sum(post.signal for post in posts)}, with a claim in play {len(read)}")
    scores = model.predict_proba(table)[:, 1]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = [signal for score, signal in zip(scores, signals, strict=True) if low <= score < low + 0.2]
        if inside:
            share = sum(inside) / len(inside)
            print(f"score {low:.1f} to {low + 0.2:.1f}: {len(inside)} posts, {share:.2f} are signals")


if __name__ == "__main__":
    main()
