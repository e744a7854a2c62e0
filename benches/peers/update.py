"""An update of the optimizers, without what the gradient costs: this crate's, PyTorch's, optax's and candle's.

All start from 0, with the gradients of 1/2 |x - 1|^2 and noise. 40 updates are not timed; then the mean time of 20 is
taken again and again. All that are Adam must be at the same x after the 40.
"""
import time

from measure import lines, row

OURS = ["slices", "slices_along_g", "any", "any_along_g"]
NOISE = [0.1, -0.1, 0.3, -0.3]
WARM, TIMED = 40, 20


def run(gradient, update, updates):
    """The mean time of these updates."""
    total = 0.0
    for t in updates:
        gradient(NOISE[t % 4])
        start = time.perf_counter()
        update()
        total += time.perf_counter() - start
    return total / len(updates)


def torch_adam(n, **kind):
    import torch
    x = torch.zeros(n, requires_grad=True)
    x.grad = torch.zeros(n)
    optimizer = torch.optim.Adam([x], lr=1e-3, **kind)

    def gradient(noise):
        with torch.no_grad():
            torch.sub(x, 1 - noise, out=x.grad)
    return gradient, optimizer.step, lambda: float(x[0].detach())


def optax_adam(n):
    import jax
    import jax.numpy as jnp
    import optax
    optimizer = optax.adam(1e-3)
    now = {"x": jnp.zeros(n), "g": None}
    now["state"] = optimizer.init(now["x"])
    difference = jax.jit(lambda x, noise: x - (1 - noise))

    def step(g, state, x):
        change, state = optimizer.update(g, state)
        return optax.apply_updates(x, change), state
    step = jax.jit(step, donate_argnums=(1, 2))

    def gradient(noise):
        now["g"] = jax.block_until_ready(difference(now["x"], noise))

    def update():
        now["x"], now["state"] = jax.block_until_ready(step(now["g"], now["state"], now["x"]))
    return gradient, update, lambda: float(now["x"][0])


def python_peer(make, n, least):
    """Where it is after the warm-up, and the least mean time of 20 updates."""
    gradient, update, first = make(n)
    run(gradient, update, range(WARM))
    x, begin, t, best = first(), time.perf_counter(), WARM, float("inf")
    while best == float("inf") or time.perf_counter() - begin < least:
        best = min(best, run(gradient, update, range(t, t + TIMED)))
        t += TIMED
    return x, best


def compare(programs, rounds, lengths):
    kinds = {"single": {"foreach": False, "fused": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
    peers = {f"torch_{name}": lambda n, kind=kind: torch_adam(n, **kind) for name, kind in kinds.items()}
    peers["optax"] = optax_adam
    names = ["adam", *OURS, *peers, "candle_adamw"]
    row(["n", *(f"{name[:14]}" for name in names)], [10] + [15] * len(names))
    table = []
    for n in lengths:
        best, first = {}, {}
        for _ in range(rounds if n < 5_000_000 else 2):
            for name in names:
                if name in peers:
                    x, time_ = python_peer(peers[name], n, 0.1)
                elif name == "candle_adamw":
                    [[x, time_]] = lines(programs["candle"], "update", n, 0.1)
                else:
                    [[x, time_]] = lines(programs["update"], name, n, "0.1s")
                first[name], best[name] = x, min(best.get(name, float("inf")), time_)
        adams = ["adam", *peers, "candle_adamw"]
        assert all(abs(first[name] - first["adam"]) < 1e-5 for name in adams), first
        # The two doors to this crate's optimizer go the same way.
        assert first["slices"] == first["any"] and first["slices_along_g"] == first["any_along_g"], first
        row([n, *(f"{1e9 * best[name] / n:.3f} ns" for name in names)], [10] + [15] * len(names))
        table.append({"parameters": n, "seconds": best,
                      "to_slices": {name: best[name] / best["slices"] for name in names},
                      "to_slices_along_g": {name: best[name] / best["slices_along_g"] for name in names}})
    return table
