"""The time to a trained network: digits, ReLU 784-128-128-10, batch 64, to a training loss of 0.05.

All start from the same weights, see the same batches, and look at the loss on all training rows after every 200 updates,
which is not timed. AdamW is PyTorch's, fused, and candle's: each at its default rate and at the best of five.
"""
import gzip
import math
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import lines, row

SIZES, BATCH, PAUSE, MOST, TARGET = (784, 128, 128, 10), 64, 200, 8000, 0.05
RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
DEFAULT = 1e-3


def read(folder, name):
    """An IDX file, packed or not."""
    path = Path(folder) / name
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
    shape = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


class Task:
    """What all programs share, in memory and in a folder for other processes."""

    def __init__(self, data, folder, seed=1):
        rng = np.random.default_rng(seed)
        self.images = read(data, "train-images-idx3-ubyte").reshape(-1, SIZES[0]).astype(np.float32) / 255
        self.labels = read(data, "train-labels-idx1-ubyte")
        self.layers = [(rng.normal(0, math.sqrt(2 / i), (i, o)).astype(np.float32), np.zeros(o, np.float32))
                       for i, o in zip(SIZES, SIZES[1:])]
        rows, order = len(self.images), []
        while sum(map(len, order)) < MOST * BATCH:
            order.append(rng.permutation(rows)[:rows // BATCH * BATCH])
        self.order = np.concatenate(order).astype(np.uint32)
        folder = Path(folder)
        (folder / "shape").write_text(f"{'-'.join(map(str, SIZES))} {BATCH} {PAUSE} {MOST} {TARGET}")
        (folder / "images").write_bytes(self.images.tobytes())
        (folder / "labels").write_bytes(self.labels.astype(np.uint8).tobytes())
        (folder / "order").write_bytes(self.order.tobytes())
        (folder / "start").write_bytes(b"".join(p.tobytes() for layer in self.layers for p in layer))
        self.folder = folder


def torch_run(task, rate):
    """Lines of updates, seconds and the loss."""
    import torch
    from torch.nn.functional import cross_entropy
    parameters = [torch.tensor(p, requires_grad=True) for layer in task.layers for p in layer]
    images, labels = torch.tensor(task.images), torch.tensor(task.labels.astype(np.int64))
    order = torch.tensor(task.order.astype(np.int64))
    optimizer = torch.optim.AdamW(parameters, lr=rate, fused=True)

    def outputs(y):
        for index in range(0, len(parameters), 2):
            y = torch.addmm(parameters[index + 1], y if index == 0 else torch.relu(y), parameters[index])
        return y
    curve, total = [], 0.0
    for update in range(1, MOST + 1):
        begin = time.perf_counter()
        rows = order[(update - 1) * BATCH:update * BATCH]
        loss = cross_entropy(outputs(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += time.perf_counter() - begin
        if update % PAUSE == 0:
            with torch.no_grad():
                value = float(sum(cross_entropy(outputs(x), t, reduction="sum")
                                  for x, t in zip(images.split(1000), labels.split(1000)))) / len(images)
            curve.append([update, total, value])
            if value <= TARGET:
                break
    return curve


def reached(curve):
    """The seconds to the target, or None where it was not reached."""
    return curve[-1][1] if curve[-1][2] <= TARGET else None


def compare(programs, data, rounds):
    """Every run, of which each round repeats those in the table; the least time of each counts."""
    with tempfile.TemporaryDirectory() as folder:
        task = Task(data, folder)
        frames = {"torch": lambda rate: torch_run(task, rate),
                  "candle": lambda rate: lines(programs["candle"], "training", folder, rate)}
        runs = {name: (lambda name=name: lines(programs["training"], folder, name)) for name in ("slices", "any")}
        for frame, run in frames.items():
            runs |= {f"{frame} {rate:g}": (lambda run=run, rate=rate: run(rate)) for rate in RATES}
        curves, shown = {}, list(runs)
        for index in range(rounds):
            for name in shown:
                curve = runs[name]()
                if name in curves:
                    # The same way every time: only the clock differs.
                    assert [c[0] for c in curve] == [c[0] for c in curves[name]], name
                if name not in curves or curve[-1][1] < curves[name][-1][1]:
                    curves[name] = curve
                print(f"  round {index + 1}: {name}: {curve[-1][0]:.0f} updates, {curve[-1][1]:.2f} s, loss {curve[-1][2]:.4f}",
                      flush=True)
            best = {frame: min(RATES, key=lambda rate: reached(curves[f"{frame} {rate:g}"]) or math.inf) for frame in frames}
            # The rounds that follow repeat what the table shows.
            shown = ["slices", "any", *dict.fromkeys(f"{f} {rate:g}" for f in frames for rate in (DEFAULT, best[f]))]
        check(curves)
        return table(curves, best)


def check(curves):
    """Until rounding has grown, candle's AdamW and PyTorch's are at the same loss; the two doors here always are."""
    for rate in RATES:
        ours, theirs = (curves[f"{frame} {rate:g}"][0][2] for frame in ("torch", "candle"))
        assert abs(ours - theirs) < 0.05 * theirs, (rate, ours, theirs)
    assert [c[0::2] for c in curves["slices"]] == [c[0::2] for c in curves["any"]]


def table(curves, best):
    seconds = {"SliceOptimizer": reached(curves["slices"]), "Optimizer": reached(curves["any"])}
    updates = {"SliceOptimizer": curves["slices"][-1][0], "Optimizer": curves["any"][-1][0]}
    for frame, rate in best.items():
        grid = sum(curves[f"{frame} {each:g}"][-1][1] for each in RATES)
        for name, each in ((f"{frame}, default {DEFAULT:g}", DEFAULT), (f"{frame}, best of five: {rate:g}", rate)):
            seconds[name], updates[name] = reached(curves[f"{frame} {each:g}"]), curves[f"{frame} {each:g}"][-1][0]
        seconds[f"{frame}, with its grid"], updates[f"{frame}, with its grid"] = grid, sum(
            curves[f"{frame} {each:g}"][-1][0] for each in RATES)
    base = seconds["SliceOptimizer"] or math.nan
    row(["to a training loss of 0.05", "updates", "seconds", "times SliceOptimizer's"], [32, 9, 10, 24])
    for name, value in seconds.items():
        shown = f"{value:.2f}" if value else "never"
        row([name, f"{updates[name]:.0f}", shown, f"{(value or math.nan) / base:.2f}"], [32, 9, 10, 24])
    return {"seconds": seconds, "updates": updates, "curves": curves,
            "to_slices": {name: value and value / base for name, value in seconds.items()}}
