"""Fit the careful reader's themes on what its finished encoder says of a text. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_themes --data DATA

The encoder learns signal and stance above all, and a head of themes learnt beside them lags behind; a logistic
regression for each theme, on the mean of the quantised encoder's states, takes four minutes and is put into
nlp/model/reader.onnx. Prints how often the likeliest family is right on sentences that nothing was made from.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from nlp.knowledge import FAMILIES
from nlp.labelled import THEMES, Example, concerns, real_posts, sentences
from nlp.reader import LONGEST, MODEL, prepared

STATES = "states"
"""The output that gives the mean of the encoder's states, from which the heads read."""
HEAD = "themes"
WEIGHT_OF_CONCERNED = 3.0
"""How much a post of the public set of concerns counts: its themes are all marked, those of other texts hardly."""


def shipped() -> tuple[onnx.ModelProto, Tokenizer]:
    """Give the model that ships, and its tokenizer, which cuts long texts."""
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    return onnx.load(MODEL / "reader.onnx"), tokenizer


def states(model: onnx.ModelProto, tokenizer: Tokenizer, texts: Sequence[str]) -> "numpy.ndarray":
    """Give the mean of the encoder's states for each text, one text at a time, as the product reads."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = []
    for number, text in enumerate(texts, 1):
        encoded = tokenizer.encode(prepared(text))
        given = {"input_ids": [encoded.ids], "attention_mask": [encoded.attention_mask]}
        [mean] = session.run([STATES], {key: numpy.array(value, dtype=numpy.int64) for key, value in given.items()})
        found.append(mean[0])
        if number % 5000 == 0:
            print(f"{number} of {len(texts)} texts read", flush=True)
    return numpy.array(found, dtype=numpy.float32)


def fitted(examples: Sequence[Example], said: "numpy.ndarray") -> tuple["numpy.ndarray", "numpy.ndarray"]:
    """Give weights, a column a theme, and biases."""
    columns, biases = [], []
    for theme in THEMES:
        asked = [n for n, example in enumerate(examples) if theme in example.asked]
        model = LogisticRegression(C=0.3, max_iter=500)
        model.fit(said[asked], [theme in examples[n].themes for n in asked], [examples[n].weight for n in asked])
        columns.append(model.coef_[0])
        biases.append(model.intercept_[0])
    return numpy.array(columns, dtype=numpy.float32).T, numpy.array(biases, dtype=numpy.float32)


def set_head(
    model: onnx.ModelProto, head: str, weight: "numpy.ndarray", bias: "numpy.ndarray", *, small: bool = False
) -> None:
    """Let the output `head` be read from the mean of the states by these weights, a column a number given.

    `small`: in eight bits, with a scale a column; a quarter of the bytes, where there are many columns.
    """
    drop_head(model, head)
    graph, names = model.graph, _names(head)
    stored = {"weight": weight, "bias": bias}
    if small:
        scale = numpy.abs(weight).max(axis=0) / 127
        stored = {"steps": numpy.round(weight / scale).astype(numpy.int8), "scale": scale, "bias": bias}
        spread = [names["steps"], names["scale"]]
        graph.node.append(helper.make_node("DequantizeLinear", spread, [names["weight"]], name=names["weight"], axis=1))
    graph.node.append(helper.make_node("Gemm", [STATES, names["weight"], names["bias"]], [head], name=head))
    graph.output.append(helper.make_tensor_value_info(head, onnx.TensorProto.FLOAT, ["posts", len(bias)]))
    graph.initializer.extend(numpy_helper.from_array(each, names[part]) for part, each in stored.items())


def ship(model: onnx.ModelProto, head: str, names: Sequence[str]) -> None:
    """Write the shipped reader with a head that was fitted, and what its numbers mean."""
    onnx.save(model, MODEL / "reader.onnx")
    path = MODEL / "model.json"
    said = json.loads(path.read_text(encoding="utf-8")) | {head: names}
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def drop_head(model: onnx.ModelProto, head: str) -> None:
    """Take an output away that was fitted before, if there is one."""
    graph, names = model.graph, {head, *_names(head).values()}
    for parts in (graph.node, graph.output, graph.initializer):
        for old in [part for part in parts if part.name in names]:
            parts.remove(old)


def _names(head: str) -> dict[str, str]:
    return {part: f"{head}.fitted.{part}" for part in ("weight", "bias", "steps", "scale")}


def main() -> None:
    """Fit, write, and print how well it does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    model, tokenizer = shipped()
    concerned = [example._replace(weight=WEIGHT_OF_CONCERNED) for example in concerns(said.data)]
    texts = {example.text for example in concerned}
    others = [example for example in real_posts(said.data, "train") if example.text not in texts]
    examples = [*others, *sentences("train"), *concerned]
    weight, bias = fitted(examples, states(model, tokenizer, [example.text for example in examples]))
    set_head(model, HEAD, weight, bias)
    ship(model, HEAD, THEMES)
    told = [example for example in sentences("fit") if example.themes]
    logits = states(model, tokenizer, [example.text for example in told]) @ weight + bias
    likeliest = [FAMILIES[row[: len(FAMILIES)].argmax()] for row in logits]
    right = sum(family in example.themes for family, example in zip(likeliest, told, strict=True))
    print(f"likeliest family right in {right} of {len(told)} sentences that nothing was made from")


if __name__ == "__main__":
    main()
