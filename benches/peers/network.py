"""Loss and gradient of the reference network in PyTorch, JAX and NumPy, beside this crate's.

Sigmoid everywhere, L = 1/(2B) sum |y - t|^2 on a batch that is already gathered.
"""
import numpy as np
from measure import lines, row, seconds

SHAPES = [((4, 10, 3), 10), ((100, 50, 10), 10), ((784, 100, 10), 10), ((784, 100, 10), 100),
          ((784, 100, 10), 1000)]


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


def crate(program, sizes, batch):
    """This crate's time, measured in a process of its own for about as long."""
    return lines(program, "-".join(map(str, sizes)), batch, 0.05)[0][0]


def compare(programs, rounds):
    widths = [12, 6] + [12, 7] * 4
    row(["network", "batch", "gols", ""] + [cell for name in ("torch", "jax", "numpy") for cell in (name, "ratio")], widths)
    table = []
    for sizes, batch in SHAPES:
        data = problem(sizes, batch)
        calls = {"torch": torch_call(*data), "jax": jax_call(*data), "numpy": numpy_call(*data)}
        losses = {name: call() for name, call in calls.items()}
        losses["numpy"] = losses["numpy"][0]
        assert all(abs(float(loss) - losses["torch"]) < 1e-4 * losses["torch"] for loss in losses.values()), losses
        best = {}
        for _ in range(rounds):
            best["gols"] = min(best.get("gols", 9.0), crate(programs["network"], sizes, batch))
            for name, call in calls.items():
                best[name] = min(best.get(name, 9.0), seconds(call))
        ratios = {name: best[name] / best["gols"] for name in calls}
        network = "-".join(map(str, sizes))
        row([network, batch, f"{1e6 * best['gols']:.2f} us", ""]
            + [cell for name in calls for cell in (f"{1e6 * best[name]:.1f} us", f"{ratios[name]:.1f}")], widths)
        table.append({"network": network, "batch": batch, "seconds": best, "ratios": ratios})
    return table
