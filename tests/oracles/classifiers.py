"""Writes classifiers.json: losses and gradients of small classifiers, by JAX in double precision.

python3 tests/oracles/classifiers.py > tests/oracles/classifiers.json
"""

import json

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
SIZES = [4, 5, 6, 3]
HIDDEN = {
    "gelu": lambda z: jax.nn.gelu(z, approximate=True),
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
}


def outputs(x, inputs, hidden):
    a, start = inputs, 0
    for layer, (n, m) in enumerate(zip(SIZES, SIZES[1:])):
        w, b = x[start : start + n * m].reshape(n, m), x[start + n * m : start + n * m + m]
        z, start = a @ w + b, start + (n + 1) * m
        a = z if layer == len(SIZES) - 2 else hidden(z)
    return a


def loss(x, inputs, targets, hidden):
    return -jnp.mean(jnp.sum(targets * jax.nn.log_softmax(outputs(x, inputs, hidden)), axis=1))


random = np.random.default_rng(1)
draw = lambda *shape: random.normal(size=shape).round(4)
count = sum((n + 1) * m for n, m in zip(SIZES, SIZES[1:]))
inputs, x, direction = draw(7, SIZES[0]), draw(count), draw(count)
classes = random.integers(0, SIZES[-1], 7)
soft = random.dirichlet(np.ones(SIZES[-1]), 7).round(4)
steps = [-1.0, 0.0, 0.5, 30.0]  # the last one leads to outputs of many thousands
cases = []
for name, hidden in HIDDEN.items():
    for kind, targets in [("classes", np.eye(SIZES[-1])[classes]), ("soft", soft)]:
        value = lambda x: loss(x, inputs, targets, hidden)
        losses = [float(value(x + step * direction)) for step in steps]
        gradient = jax.grad(value)(jnp.array(x)).tolist()
        cases.append({"hidden": name, "targets": kind, "losses": losses, "gradient": gradient})
print(
    json.dumps(
        {
            "program": f"classifiers.py, JAX {jax.__version__}, float64",
            "sizes": SIZES,
            "inputs": inputs.ravel().tolist(),
            "classes": classes.tolist(),
            "soft": soft.ravel().tolist(),
            "x": x.tolist(),
            "direction": direction.tolist(),
            "steps": steps,
            "cases": cases,
        },
        indent=0,
    ).replace(",\n", ",").replace("],", "],\n")
)
