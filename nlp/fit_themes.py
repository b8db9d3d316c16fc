"""Fit the careful reader's themes on what its finished encoder says of a text. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_themes --data DATA

The encoder learns signal and stance above all, and its theme head lags behind; a logistic regression for each theme, on
the mean of the quantised encoder's states, takes four minutes and replaces that head in nlp/model/reader.onnx. Prints
how often the likeliest family is right on sentences that nothing was made from.
"""

import argparse
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

HEAD, WEIGHT, BIAS = "themes", "themes.fitted.weight", "themes.fitted.bias"


def pooled(graph: onnx.GraphProto) -> str:
    """Give the name of the mean of the states, from which the heads read: the nearest division before the themes."""
    makers = {output: node for node in graph.node for output in node.output}
    waiting = [HEAD]
    while waiting:
        node = makers.get(waiting.pop(0))
        if node is not None and node.op_type == "Div":
            return str(node.output[0])
        waiting += node.input if node is not None else []
    raise ValueError("the graph has no mean of states before its themes")


def states(model: onnx.ModelProto, tokenizer: Tokenizer, texts: Sequence[str]) -> "numpy.ndarray":
    """Give the mean of the encoder's states for each text, one text at a time, as the product reads."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    name = pooled(shown.graph)
    shown.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(shown.SerializeToString(), providers=["CPUExecutionProvider"])
    found = []
    for number, text in enumerate(texts, 1):
        encoded = tokenizer.encode(prepared(text))
        given = {"input_ids": [encoded.ids], "attention_mask": [encoded.attention_mask]}
        [mean] = session.run([name], {key: numpy.array(value, dtype=numpy.int64) for key, value in given.items()})
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


def replace_head(model: onnx.ModelProto, weight: "numpy.ndarray", bias: "numpy.ndarray") -> None:
    """Let the themes be read from the mean of the states by these weights."""
    graph, name = model.graph, pooled(model.graph)
    makers = {output: node for node in graph.node for output in node.output}
    used: set[str] = set()
    waiting = [output.name for output in graph.output if output.name != HEAD]
    while waiting:
        output = waiting.pop()
        if output in makers and output not in used:
            used.update(makers[output].output)
            waiting += makers[output].input
    kept = [node for node in graph.node if used.intersection(node.output)]
    read = {each for node in kept for each in node.input}
    tensors = [each for each in graph.initializer if each.name in read]
    del graph.node[:], graph.initializer[:]
    graph.node.extend([*kept, helper.make_node("Gemm", [name, WEIGHT, BIAS], [HEAD], name="themes")])
    graph.initializer.extend([*tensors, numpy_helper.from_array(weight, WEIGHT), numpy_helper.from_array(bias, BIAS)])


def main() -> None:
    """Fit, write, and print how well it does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    model = onnx.load(MODEL / "reader.onnx")
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    examples = [*real_posts(said.data, "train"), *sentences("train"), *concerns(said.data)]
    weight, bias = fitted(examples, states(model, tokenizer, [example.text for example in examples]))
    replace_head(model, weight, bias)
    onnx.save(model, MODEL / "reader.onnx")
    told = [example for example in sentences("fit") if example.themes]
    logits = states(model, tokenizer, [example.text for example in told]) @ weight + bias
    likeliest = [FAMILIES[row[: len(FAMILIES)].argmax()] for row in logits]
    right = sum(family in example.themes for family, example in zip(likeliest, told, strict=True))
    print(f"likeliest family right in {right} of {len(told)} sentences that nothing was made from")


if __name__ == "__main__":
    main()
