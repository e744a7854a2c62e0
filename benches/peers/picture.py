"""Draws the time to a trained network from what peers.py wrote: training loss against seconds, both on logarithmic axes.

    benches/peers/venv/bin/python benches/peers/picture.py FILE.json PICTURE.svg
"""
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "gols"
import matplotlib.pyplot as plt

# Dark for this crate, a colour a framework; the best constant rate is drawn through, the others are dotted.
COLOURS = {"slices": "#000000", "torch": "#d95f02", "candle": "#1b9e77"}
NAMES = {"torch": "PyTorch, AdamW", "candle": "candle, AdamW"}


def draw(training, path):
    figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    best = {name.split(",")[0]: name.split(": ")[1] for name in training["seconds"] if "best of five" in name}
    for name, curve in training["curves"].items():
        frame, _, rate = name.partition(" ")
        if name == "any":
            continue
        seconds, losses = [point[1] for point in curve], [point[2] for point in curve]
        through = frame not in best or rate == best[frame]
        axes.loglog(seconds, losses, "-" if through else ":", color=COLOURS[frame], linewidth=2 if through else 1,
                    label="SliceOptimizer" if frame == "slices" else f"{NAMES[frame]} at {rate}" if through else None)
        if not through:
            axes.annotate(rate, (seconds[-1], losses[-1]), color=COLOURS[frame], fontsize=7, xytext=(3, 0),
                          textcoords="offset points", va="center",
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    axes.axhline(0.05, color="#999999", linewidth=0.8)
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1], ["0.05", "0.1", "0.2", "0.5", "1"])
    axes.minorticks_off()
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.set(xlabel="seconds of updates, one thread", ylabel="training loss on all rows")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        draw(json.load(file)["training"], sys.argv[2])
