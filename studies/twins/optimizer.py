"""The optimizer's rule in plain loops, and recorded runs of it: python3 optimizer.py > optimizer_runs.json

Numbers are float64, gradients are functions of t and y alone; every run holds y before each update, the gradient, the
step length and what became of it.
"""
import json
import numpy as np

C, LEAST, M, GROWTH, RAMP, FIRST = 0.8, 0.25, 0.8, 0.1, 0.3, 1e-2
BETA, DELAY, RECENCY, REACH = 0.9, 30.0, (2.0, 30.0), 0.8
BETA2, EPS = 0.999, 1e-8


def run(name, start, gradient, updates, adam=True):
    y = np.array(start, dtype=float)
    x0, z, x = y.copy(), y.copy(), y.copy()
    d, v = np.zeros_like(y), np.zeros_like(y)
    t = looked = overshoots = 0
    S = Q = A = B = path = norms = 0.0
    alpha = last = r_bar = rate = None
    weight, r, moved = 0.0, RECENCY[0], 0
    steps = []
    for update in range(updates):
        g = gradient(update, y)
        row = dict(y=y.tolist(), g=[q if np.isfinite(q) else "nan" for q in g.tolist()])
        steps.append(row)
        # 1. Gradients that are not finite, or 0.
        if not np.isfinite(g @ g):
            alpha = alpha if alpha is None else alpha * np.exp(-GROWTH)
            row.update(alpha=alpha, outcome="skipped")
            continue
        if g @ g == 0.0:
            row.update(alpha=alpha, outcome="stationary")
            continue
        # 2. The direction.
        arrival, long_slope = g @ d, g @ (z - x)
        if adam:
            looked += 1
            v = BETA2 * v + (1 - BETA2) * g * g
            d = -g / (np.sqrt(v / (1 - BETA2**looked)) + EPS)
        else:
            d = -g
        length = np.sqrt(d @ d)
        # 3. The reach.
        if r_bar is not None and path >= r_bar / 4:
            path, distance = 0.0, np.sqrt((z - x0) @ (z - x0))
            if distance > r_bar:
                weight, r_bar = weight * (r_bar / distance) ** 2, distance
        moved += 1
        norms = norms + length**2
        usual = np.sqrt(norms / moved)
        limit = np.inf
        if r_bar is not None:
            weight += 1.0
            limit = REACH * r_bar / np.sqrt(weight) * min(1.0, length / (0.01 * usual))
        # 4. The step length.
        agreement = A / B if B > 0 else None
        if alpha is None:
            alpha = FIRST * (1 + np.sqrt(x0 @ x0)) / length
        else:
            S = M * S + (1 - M) * arrival
            Q = M * Q + (1 - M) * abs(last)
            c = C if agreement is None else LEAST + (C - LEAST) * min(1.0, (1 - agreement) / 0.1)
            overshoots += c < S / Q
            if overshoots >= 3:
                rate = max(GROWTH, 0.9 * (RAMP if rate is None else rate))
            alpha *= np.exp((RAMP if rate is None else rate) * np.clip(c - S / Q, -1, 1))
        alpha = min(alpha, limit / length)
        last = g @ d
        # 5. The move.
        t += 1
        if agreement is not None:
            r = np.clip(r * np.exp(0.03 * (0.4 - agreement)), *RECENCY)
        w, share = min(1.0, (1 + r) / (t + r)), BETA * t / (t + DELAY)
        z = z + alpha * d
        x = (1 - w) * x + w * z
        y = (1 - share) * z + share * x
        if r_bar is None:
            r_bar, weight = alpha * length, 1.0
        path += alpha * length
        # 6. Whether slopes agree between the mean and z.
        A, B = 0.98 * A + 0.02 * long_slope, 0.98 * B + 0.02 * abs(long_slope)
        row.update(alpha=alpha, outcome="moved")
    return dict(name=name, start=list(start), adam=adam, steps=steps, end=y.tolist(), average=x.tolist())


def main():
    random = np.random.default_rng(5)
    H = np.array([0.1, 1.0, 10.0, 3.0])
    noise = random.normal(size=(400, 4))
    U = random.normal(size=(300, 5))
    label = (U @ np.array([1.0, -2.0, 0.5, 0.0, 1.0]) + random.normal(size=300) > 0).astype(float)

    def noisy(t, y):
        return H * y + 0.3 * noise[t]

    def logistic(t, y):
        rows = np.arange(10 * t, 10 * t + 10) % 300
        p = 1 / (1 + np.exp(-(U[rows] @ y)))
        return U[rows].T @ (p - label[rows]) / 10

    def broken(t, y):
        g = noisy(t, y)
        return g * np.nan if t in (0, 7, 30) else g * 0.0 if t == 12 else g

    print(json.dumps([
        run("noisy quadratic", np.full(4, 2.0), noisy, 150),
        run("noisy quadratic, along -g", np.full(4, 2.0), noisy, 150, adam=False),
        run("logistic", np.zeros(5), logistic, 150),
        run("downhill for ever", np.ones(2), lambda t, y: np.array([1.0, 0.5]), 60),
        run("gradients of NaN and 0", np.full(4, 2.0), broken, 60),
    ]))


if __name__ == "__main__":
    main()
