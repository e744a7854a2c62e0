"""Loss and gradient of the reference network in PyTorch, JAX and NumPy, beside this crate's.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    cargo build --release -p gols-benches --bin network_speed
    venv/bin/python benches/peers/peers.py target/release/network_speed

One thread, f32, sigmoid everywhere, L = 1/(2B) sum |y - t|^2 on a batch that is already gathered. Rounds of
all four are interleaved, and the least time of each counts, so that a busy machine disturbs all alike.
"""
import json
import os
import subprocess
import sys
import time

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

SHAPES = [((4, 10, 3), 10), ((100, 50, 10), 10), ((784, 100, 10), 10), ((784, 100, 10), 100),
          ((784, 100, 10), 1000)]
ROUNDS = 15


def problem(sizes, batch):
    """Parameters, inputs and targets that are the same for all."""
    rng = np.random.default_rng(1)
    layers = [(rng.uniform(-0.1, 0.1, (i, o)).astype(np.float32), np.zeros(o, np.float32))
              for i, o in zip(sizes, sizes[1:])]
    inputs = rng.uniform(0, 1, (batch, sizes[0])).astype(np.float32)
    targets = np.eye(sizes[-1], dtype=np.float32)[rng.integers(0, sizes[-1], batch)]
    return layers, inputs, targets


def numpy_call(layers, inputs, targets):
    def call():
        outputs = [inputs]
        for w, b in layers:
            outputs.append(1 / (1 + np.exp(-(outputs[-1] @ w + b))))
        error = outputs[-1] - targets
        loss = 0.5 * float((error * error).sum()) / len(inputs)
        delta, gradients = error / len(inputs), []
        for index in reversed(range(len(layers))):
            y = outputs[index + 1]
            delta = delta * y * (1 - y)
            gradients.append((outputs[index].T @ delta, delta.sum(0)))
            if index:
                delta = delta @ layers[index][0].T
        return loss, gradients
    return call


def torch_call(layers, inputs, targets):
    import torch
    torch.set_num_threads(1)
    parameters = [torch.tensor(p, requires_grad=True) for layer in layers for p in layer]
    x, t = torch.tensor(inputs), torch.tensor(targets)

    def call():
        y = x
        for w, b in zip(parameters[::2], parameters[1::2]):
            y = torch.sigmoid(torch.addmm(b, y, w))
        loss = 0.5 / len(t) * ((y - t) ** 2).sum()
        for p in parameters:
            p.grad = None
        loss.backward()
        return loss.item()
    return call


def jax_call(layers, inputs, targets):
    import jax
    import jax.numpy as jnp

    def loss(parameters, x, t):
        for w, b in parameters:
            x = jax.nn.sigmoid(x @ w + b)
        return 0.5 / t.shape[0] * jnp.sum((x - t) ** 2)

    step = jax.jit(jax.value_and_grad(loss))
    parameters = [(jnp.array(w), jnp.array(b)) for w, b in layers]
    x, t = jnp.array(inputs), jnp.array(targets)

    def call():
        value, gradient = step(parameters, x, t)
        jax.block_until_ready(gradient)
        return value
    return call


def seconds(call, least=0.05):
    """The time of one call, over as many as fill `least` seconds."""
    count, start = 0, time.perf_counter()
    while True:
        call()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed > least:
            return elapsed / count


def crate(program, sizes, batch):
    """This crate's time, measured in a process of its own for about as long."""
    shape = "-".join(map(str, sizes))
    out = subprocess.run([program, shape, str(batch), "0.05"], check=True, capture_output=True, text=True)
    return float(out.stdout)


def main(program):
    versions = {}
    for name in ("numpy", "torch", "jax"):
        versions[name] = __import__(name).__version__
    print(json.dumps(versions))
    print(f"{'network':>12} {'batch':>6} {'gols':>10} " + " ".join(
        f"{name:>10} {'ratio':>7}" for name in ("torch", "jax", "numpy")))
    for sizes, batch in SHAPES:
        data = problem(sizes, batch)
        calls = {"torch": torch_call(*data), "jax": jax_call(*data), "numpy": numpy_call(*data)}
        losses = {name: call() for name, call in calls.items()}
        best = {}
        for _ in range(ROUNDS):
            best["gols"] = min(best.get("gols", 9.0), crate(program, sizes, batch))
            for name, call in calls.items():
                best[name] = min(best.get(name, 9.0), seconds(call))
        assert abs(float(losses["jax"]) - losses["torch"]) < 1e-4 * losses["torch"], losses
        us = 1e6
        print(f"{'-'.join(map(str, sizes)):>12} {batch:>6} {best['gols'] * us:>7.2f} us " + " ".join(
            f"{best[name] * us:>7.1f} us {best[name] / best['gols']:>7.1f}" for name in calls), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
