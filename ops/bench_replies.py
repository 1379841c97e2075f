"""Time the writing of replies in every form of the model, beside plain transformers, one thread each.

`python -m ops.bench_replies --json artifacts/figures/replies_speed.json`

Each form runs in a process of its own, on the same situations: tokens a second of one reply after the other, how long
one shopper and eight at once wait, the memory of the process, and likeness to what people wrote. `transformers` is
`generate` in fp32 as its own pages show it, without this library's rules; so is llama.cpp, where
`pip install gguf xllamacpp` has been run.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from ops import llama_cpp
from replies.backend import Backend
from replies.errors import NotWritten
from replies.examples import Example, read_folder
from replies.generator import Generator, GeneratorSettings
from replies.graph import weights_of, write_graph
from replies.judging import held_out, unguarded, written_by
from replies.model_folder import GRAPH_FILE, load_backend, read_manifest
from replies.network import load_weights, new_network, sizes_of
from replies.onnx_backend import OnnxBackend
from replies.prompt import prompt_of
from replies.rules import WORDS_FILE, read_words
from replies.scores import chrf
from replies.situation import Situation
from replies.tokens import TOKENIZER_FILE, Tokens
from replies.torch_backend import TorchBackend

FORMS = ("transformers", "torch fp32", "torch bf16", "torch int8", "onnx fp32", "onnx int8")
SERVED = "onnx int8"
_MOST_NEW = 96
_PATIENCE = 120.0


@dataclass(frozen=True)
class Speed:
    """What one form costs.

    Attributes:
        form: how it counts.
        tokens_per_s: of one reply after the other.
        alone_p50, alone_p95: milliseconds that one shopper waits.
        eight_p50, eight_p95: the same of eight at once; None for plain `generate`, which has no queue.
        memory_mib: of the process, with all that it loaded.
        chrf: likeness to what people wrote.
    """

    form: str
    tokens_per_s: float
    alone_p50: float
    alone_p95: float
    eight_p50: float | None
    eight_p95: float | None
    memory_mib: float
    chrf: float


def time_form(form: str, folder: Path, data: Path, replies: int) -> Speed:
    """Time one form in this process.

    Args:
        form: one of `FORMS`.
        folder: the model's.
        data: examples, whose held-out situations are asked.
        replies: how many.
    """
    import torch

    torch.set_num_threads(1)
    examples = read_folder(data)
    asked = held_out(examples, "test", replies)
    if form == "transformers":
        return _plain(form, folder, asked, examples)
    if form in llama_cpp.FORMS:
        return _llama(form, folder, asked, examples)
    tokens = Tokens.read(folder / TOKENIZER_FILE)
    words = read_words(folder / WORDS_FILE)
    # Nothing is remembered, and lines are greedy as plain `generate` is.
    settings = GeneratorSettings(beams=1, remembered=0, most_new=_MOST_NEW)
    generator = Generator(_backend(form, folder), words, settings)
    written_by(unguarded(generator), asked[:5], examples)
    begun = time.perf_counter()
    waits: list[float] = []
    written = written_by(_timed(generator, waits), asked, examples)
    seconds = time.perf_counter() - begun
    count = sum(len(tokens.encode(one.reply)) + 1 for one in written)
    crowd: list[float] = []
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_timed(generator, crowd), [Situation.of(example) for example in asked]))
    generator.close()
    alone, eight = _middle_and_tail(waits), _middle_and_tail(crowd)
    quality = mean(chrf(one.reply, one.references) for one in written)
    return Speed(form, count / seconds, *alone, *eight, _memory(), quality)


def forms_at_hand() -> tuple[str, ...]:
    """Name the forms that can be timed here."""
    return (*FORMS, *llama_cpp.FORMS) if llama_cpp.is_installed() else FORMS


def _llama(form: str, folder: Path, asked: Sequence[Example], examples: Sequence[Example]) -> Speed:
    network, tokens = _network(folder)
    sizes = sizes_of(network.config)
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    waits: list[float] = []
    counts: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.gguf"
        llama_cpp.write_gguf(weights, sizes, tokens, file, form)
        server = llama_cpp.LlamaServer.of(file, tokens.end, sizes.most_tokens)

        def write(situation: Situation) -> str:
            begun = time.perf_counter()
            new = server.write(tokens.encode(prompt_of(situation)), _MOST_NEW)
            waits.append(time.perf_counter() - begun)
            counts.append(len(new) + 1)
            return tokens.decode(new).strip()

        written_by(write, asked[:5], examples)
        waits.clear()
        counts.clear()
        written = written_by(write, asked, examples)
    quality = mean(chrf(one.reply, one.references) for one in written)
    return Speed(form, sum(counts) / sum(waits), *_middle_and_tail(waits), None, None, _memory(), quality)


def _plain(form: str, folder: Path, asked: Sequence[Example], examples: Sequence[Example]) -> Speed:
    import torch

    network, tokens = _network(folder)
    waits: list[float] = []
    count = 0

    def write(situation: Situation) -> str:
        nonlocal count
        begun = time.perf_counter()
        ids = torch.tensor([tokens.encode(prompt_of(situation))])
        with torch.inference_mode():
            found = network.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=_MOST_NEW,
                do_sample=False,
                pad_token_id=tokens.pad,
                eos_token_id=tokens.end,
            )
        waits.append(time.perf_counter() - begun)
        new = found[0, ids.shape[1] :].tolist()
        count += len(new)
        return tokens.decode(new).strip()

    written_by(write, asked[:5], examples)
    waits.clear()
    count = 0
    written = written_by(write, asked, examples)
    quality = mean(chrf(one.reply, one.references) for one in written)
    return Speed(form, count / sum(waits), *_middle_and_tail(waits), None, None, _memory(), quality)


def _network(folder: Path) -> tuple[Any, Tokens]:
    sizes = read_manifest(folder).sizes
    if sizes is None:
        raise SystemExit(f"{folder} is an adapter: there is no decoder of our own in it to time")
    tokens = Tokens.read(folder / TOKENIZER_FILE)
    network = new_network(sizes, tokens.pad, tokens.end)
    load_weights(network, weights_of(folder / GRAPH_FILE, sizes))
    return network.eval(), tokens


def _backend(form: str, folder: Path) -> Backend:
    if form == SERVED:
        return load_backend(folder)
    import torch

    network, tokens = _network(folder)
    if form == "onnx fp32":
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "full.onnx"
            write_graph(network.state_dict(), sizes_of(network.config), file, int8=False)
            return OnnxBackend(file, tokens, network.config.max_position_embeddings)
    if form == "torch int8":
        quantise: Any = torch.ao.quantization.quantize_dynamic
        network = quantise(network, {torch.nn.Linear}, dtype=torch.qint8)
    return TorchBackend(network, tokens, half=form == "torch bf16")


def _timed(generator: Generator, waits: list[float]) -> Callable[[Situation], str]:
    def write(situation: Situation) -> str:
        begun = time.perf_counter()
        try:
            reply = generator.write(situation, _PATIENCE)[0]
        except NotWritten:
            reply = ""
        waits.append(time.perf_counter() - begun)
        return reply

    return write


def _middle_and_tail(waits: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(waits, n=20, method="inclusive")
    return cuts[9] * 1_000, cuts[18] * 1_000


def _memory() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


def _into(pipe: Any, form: str, folder: Path, data: Path, replies: int) -> None:
    pipe.send(time_form(form, folder, data, replies))


def time_apart(form: str, folder: Path, data: Path, replies: int) -> Speed:
    """Time one form in a process of its own, whose memory is its own, too."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_into, args=(theirs, form, folder, data, replies))
    process.start()
    theirs.close()
    try:
        speed: Speed = mine.recv()
    except EOFError as error:
        raise SystemExit(f"{form} could not be timed; what went wrong is above") from error
    process.join()
    return speed


def table_of(found: Sequence[Speed]) -> Table:
    """Lay the figures out; how many times as fast as plain transformers is among them."""
    title = "Replies, one thread"
    plain = next((one.tokens_per_s for one in found if one.form == "transformers"), None)
    table = Table("", "tokens/s", "times", "alone p50, p95 ms", "eight p50, p95 ms", "MiB", "chrF", title=title)
    for one in found:
        times = "-" if plain is None else f"{one.tokens_per_s / plain:.1f}"
        eight = "-" if one.eight_p50 is None else f"{one.eight_p50:.0f}, {one.eight_p95:.0f}"
        alone = f"{one.alone_p50:.1f}, {one.alone_p95:.1f}"
        table.add_row(
            one.form, f"{one.tokens_per_s:.0f}", times, alone, eight, f"{one.memory_mib:.0f}", f"{one.chrf:.3f}"
        )
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m ops.bench_replies", description="Time the writing of replies.")
    parser.add_argument("--model", type=Path, default=Path("data/replies/model"), help="its folder (%(default)s)")
    parser.add_argument("--data", type=Path, default=Path("data/replies"), help="the examples (%(default)s)")
    parser.add_argument("--replies", type=int, default=100, help="how many are written (%(default)s)")
    parser.add_argument("--forms", nargs="+", choices=(*FORMS, *llama_cpp.FORMS), help="which; all at hand by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args(arguments)
    console = Console()
    found = []
    for form in options.forms or forms_at_hand():
        console.print(f"{form} ...")
        found.append(time_apart(form, options.model, options.data, options.replies))
    console.print(table_of(found))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
