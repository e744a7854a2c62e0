"""Losses and gradients of the study's networks in JAX, at made-up weights and data: what the tests of
studies/src/modern/problems compare with. Prints, a model a line, the loss and the sum of gradient[i] cos(i)."""
import jax, jax.numpy as jnp, numpy as np
jax.config.update("jax_enable_x64", True)

index = np.arange(12 * 784)
X = np.maximum(index * 37 % 101 / 50 - 1, 0).astype(np.float32).astype(float).reshape(12, 784)
Y = np.arange(12) * 7 % 10
k = np.arange(400)
TEXT = (k * k % 11 + k % 3) % 11


def entropy(outputs, classes):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(outputs), classes[..., None], -1))


class Weights:
    """Matrices in the order in which they are taken from the parameters."""
    def __init__(self, x): self.x, self.at = x, 0
    def take(self, *shape):
        count = int(np.prod(shape)); self.at += count
        return self.x[self.at - count:self.at].reshape(shape)
    def layer(self, i, o): return self.take(i, o), self.take(o)


def norm(x, gain):
    return gain * (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)


def residual(w, rows):
    W, b = w.layer(784, 64); x = X[rows] @ W + b
    for _ in range(2):
        g = w.take(64); (U, u), (V, v) = w.layer(64, 64), w.layer(64, 64)
        x = x + jax.nn.relu(norm(x, g) @ U + u) @ V + v
    g = w.take(64); W, b = w.layer(64, 10)
    return entropy(norm(x, g) @ W + b, Y[rows])


def convolution(w, rows):
    def conv(x, f): return jax.lax.conv_general_dilated(x, f, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    x = X[rows].reshape(-1, 28, 28, 1)
    for i, o in (1, 8), (8, 16):
        f, b = w.take(3, 3, i, o), w.take(o); x = jax.nn.relu(conv(x, f) + b)
    x = x.reshape(len(rows), -1); W, b = w.layer(784, 64); V, c = w.layer(64, 10)
    return entropy(jax.nn.relu(x @ W + b) @ V + c, Y[rows])


def windows(rows, T): return np.stack([TEXT[7 * r:7 * r + T + 1] for r in rows])


def transformer(w, rows, T=5, D=48, H=4):
    s = windows(rows, T); E, P, O = w.take(11, D), w.take(T, D), w.take(D, 11)
    x = E[s[:, :-1]] + P
    for _ in range(2):
        (U, u), (V, v) = w.layer(D, 4 * D), w.layer(4 * D, D)
        g1, g2, A, M = w.take(D), w.take(D), w.take(D, 3 * D), w.take(D, D)
        z = (norm(x, g1) @ A).reshape(len(rows), T, 3, H, D // H); q, k, y = z[:, :, 0], z[:, :, 1], z[:, :, 2]
        a = jnp.einsum("bthd,bshd->bhts", q, k) / np.sqrt(D // H)
        a = jax.nn.softmax(jnp.where(np.tril(np.ones((T, T), bool)), a, -1e300))
        x = x + jnp.einsum("bhts,bshd->bthd", a, y).reshape(x.shape) @ M
        x = x + jax.nn.gelu(norm(x, g2) @ U + u, approximate=True) @ V + v
    return entropy(norm(x, w.take(D)) @ O, s[:, 1:])


def gru(w, rows, T=5, H=64):
    s = windows(rows, T); E = w.take(11, 32); (A, a), (U, u), (O, o) = w.layer(32, 3 * H), w.layer(H, 3 * H), w.layer(H, 11)
    h, losses = jnp.zeros((len(rows), H)), []
    for t in range(T):
        p, q = jnp.split(E[s[:, t]] @ A + a, 3, 1), jnp.split(h @ U + u, 3, 1)
        r, z = jax.nn.sigmoid(p[0] + q[0]), jax.nn.sigmoid(p[1] + q[1]); n = jnp.tanh(p[2] + r * q[2])
        h = (1 - z) * n + z * h; losses.append(entropy(h @ O + o, s[:, t + 1]))
    return sum(losses) / T


def autoencoder(w, rows):
    sizes = [784, 128, 48, 12, 48, 128, 784]; x = X[rows]
    for i, o in zip(sizes[:-1], sizes[1:]):
        W, b = w.layer(i, o); x = x @ W + b
        x = jnp.tanh(x) if w.at < len(w.x) else jax.nn.sigmoid(x)
    return ((x - X[rows]) ** 2).sum(1).mean()


for model, count in ((residual, 67722), (convolution, 52138), (transformer, 57312), (gru, 19883), (autoencoder, 215292)):
    i = np.arange(count); rows = np.array([1, 5, 2])
    def loss(x):
        w = Weights(x); found = model(w, rows); assert w.at == count, (model, w.at); return found
    value, gradient = jax.value_and_grad(loss)(jnp.asarray(0.2 * np.sin(i)))
    print(model.__name__, repr(float(value)), repr(float(gradient @ np.cos(i))))
