"""The net that is trained as the careful reader, and where its training starts. For developers only.

It starts from the pretrained encoder that a jar carries, without its last layers and rare words, or from a reader that
ships. See nlp.train_reader. Nothing here runs in the product.
"""

import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from nlp.labelled import STANCES, THEMES
from nlp.reader import LONGEST, prepared

LAYERS = 10
WORDS = 15_000
"""Of the encoder's 12 layers and 30,522 words, as many as stay: 99 % of the words of posts are among them."""
FROZEN = 4
"""Of the layers, the lowest stay as they were pretrained, and the words' vectors too: less work."""
HEADS = "heads.pt"


def write_base(jar: Path, texts: Sequence[str], folder: Path) -> None:
    """Write the encoder to start from, and its tokenizer, with the words that are commonest in `texts`."""
    with zipfile.ZipFile(jar) as parts:
        names = {Path(name).suffix: name for name in parts.namelist() if Path(name).suffix in (".onnx", ".json")}
        graph = onnx.load_model_from_string(parts.read(names[".onnx"])).graph
        tokenizer = json.loads(parts.read(names[".json"]))
    words = common_words(tokenizer, texts)
    weights = {each.name: torch.tensor(numpy_helper.to_array(each)) for each in graph.initializer}
    for stored, name in matrices(graph, "MatMul").items():
        weights[name] = weights[stored].T.contiguous()
    table = weights["embeddings.word_embeddings.weight"]
    weights["embeddings.word_embeddings.weight"] = table[list(words.values())]
    places = weights["embeddings.position_embeddings.weight"]
    weights["embeddings.position_embeddings.weight"] = places[:LONGEST]
    encoder = encoder_of(len(words), table.shape[1])
    encoder.load_state_dict({name: weights[name] for name in encoder.state_dict()})
    encoder.save_pretrained(folder)
    tokenizer["model"]["vocab"] = {word: number for number, word in enumerate(words)}
    for special in tokenizer["added_tokens"]:
        special["id"] = tokenizer["model"]["vocab"][special["content"]]
    for special in tokenizer["post_processor"]["special_tokens"].values():
        special["ids"] = [tokenizer["model"]["vocab"][token] for token in special["tokens"]]
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def write_again(shipped: Path, folder: Path) -> None:
    """Write the encoder and the heads of a reader that ships, to start from, and its tokenizer.

    Its themes may not be fitted yet: then their head starts anew.
    """
    graph = onnx.load(shipped / "reader.onnx").graph
    weights = floats(graph)
    if "themes.fitted.weight" in weights:
        weights["themes.weight"], weights["themes.bias"] = (
            weights["themes.fitted.weight"].T,
            weights["themes.fitted.bias"],
        )
    net = ReaderNet(encoder_of(*weights["encoder.embeddings.word_embeddings.weight"].shape))
    start = net.state_dict()
    known = {name: torch.tensor(weights[name].copy()) for name in start if name in weights or "themes" not in name}
    net.load_state_dict(start | known)
    net.encoder.save_pretrained(folder)
    torch.save({name: each for name, each in known.items() if not name.startswith("encoder.")}, folder / HEADS)
    shutil.copy(shipped / "tokenizer.json", folder / "tokenizer.json")


def floats(graph: Any) -> dict[str, "numpy.ndarray"]:
    """Give the weights of a quantised reader by their names in the net.

    A weight that starts on a whole step would be rounded back to it at the end: what is trained starts from a random
    place within its step.
    """
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    weights = {name: value for name, value in stored.items() if value.dtype == "float32"}
    called = matrices(graph, "MatMulInteger")
    kept = ("encoder.embeddings", *(f"encoder.encoder.layer.{n}." for n in range(FROZEN)))
    rng = numpy.random.default_rng(1)
    for quantised in [name for name in stored if name.endswith("_quantized")]:
        stem = quantised.removesuffix("_quantized")
        name, zero = called.get(quantised, stem), stored[f"{stem}_zero_point"].astype("float32")
        steps = stored[quantised] - zero
        if not name.startswith(kept):
            steps += rng.uniform(-0.5, 0.5, steps.shape)
        matrix = (steps * stored[f"{stem}_scale"]).astype("float32")
        weights[name] = matrix.T if quantised in called else matrix
    return weights


def matrices(graph: Any, operation: str) -> dict[str, str]:
    """Give the names in the net of the matrices that a graph multiplies by, by the names under which it stores them.

    The export gave them numbers; the nodes that use them bear their names.
    """
    stored = {each.name for each in graph.initializer}
    using = [node for node in graph.node if node.op_type == operation and node.input[1] in stored]
    return {node.input[1]: node.name.strip("/").rpartition("/")[0].replace("/", ".") + ".weight" for node in using}


def encoder_of(words: int, width: int) -> BertModel:
    """Give an encoder of the shape that ships, its weights not set yet."""
    return BertModel(
        BertConfig(
            vocab_size=words,
            hidden_size=width,
            num_hidden_layers=LAYERS,
            num_attention_heads=width // 32,
            intermediate_size=4 * width,
            max_position_embeddings=LONGEST,
            attn_implementation="eager",
        ),
        add_pooling_layer=False,
    )


def common_words(tokenizer: dict[str, Any], texts: Sequence[str]) -> dict[str, int]:
    """Give the words to keep with their old numbers, in their old order: single characters, and the commonest."""
    counts: Counter[str] = Counter()
    for encoded in Tokenizer.from_str(json.dumps(tokenizer)).encode_batch([prepared(text) for text in texts]):
        counts.update(set(encoded.tokens))
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    kept = {special["content"] for special in tokenizer["added_tokens"]}
    kept |= {word for word in vocabulary if len(word.removeprefix("##")) == 1 and word.isascii()}
    for word, _ in counts.most_common():
        if len(kept) == WORDS:
            break
        kept.add(word)
    return {word: number for word, number in vocabulary.items() if word in kept}


class ReaderNet(nn.Module):
    """An encoder, the mean of its states, and three linear heads.

    The head of the themes serves the training alone: nlp.fit_themes fits the one that ships.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.15)
        self.signal = nn.Linear(width, 1)
        self.stance = nn.Linear(width, len(STANCES))
        self.themes = nn.Linear(width, len(THEMES))

    @classmethod
    def start(cls, base: Path) -> "ReaderNet":
        """Give the net to train from the encoder in `base`, and from its heads where they are trained already."""
        # Without dropout of attention: it costs a sixth of the time.
        encoder = BertModel.from_pretrained(
            base, add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
        )
        net = cls(encoder)
        if (base / HEADS).exists():
            net.load_state_dict(torch.load(base / HEADS), strict=False)
        return net

    def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any, Any]:
        """Give the logits of signal and stance, and the mean of the states, from which themes are read."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = self.dropout((states * mask).sum(1) / mask.sum(1))
        return self.signal(pooled).squeeze(-1), self.stance(pooled), pooled
