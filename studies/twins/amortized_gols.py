"""The twin of AmortizedGols and of the Optimizer in numpy, and what docs/AMORTIZED.md says of them.

    python3 studies/twins/amortized_gols.py

replays the recorded runs of the plain rule of averages, then prints how the rule and its parts do on quadratics, on the
regression and under noise.
"""
import json, pathlib, sys, warnings
import numpy as np
TINY, HUGE = np.finfo(float).tiny, np.finfo(float).max

class AmortizedGols:
    def __init__(self, threshold=0.5, averaging=0.9, growth=0.1, ramp=0.7, initial_displacement=1e-6, max_displacement=1.0,
                 safeguards=True, least_threshold=0.25):
        self.__dict__.update({k: v for k, v in locals().items() if k != 'self'})
        self.S = self.Q = 0.0
        self.ln_slope = None            # ln G
        self.last = None                # F' of the last step
        self.alpha = None
        self.rate, self.overshoots = ramp, 0
        self.c = threshold

    def not_finite(self):
        """1. A gradient that is not finite, here or where the last step led."""
        if self.alpha is not None:
            self.alpha = max(TINY, self.alpha * np.exp(-self.growth))

    def step(self, slope, norm, arrival=None, x0=0.0):
        """F'(0) < 0, |d| > 0, the arrival slope of the last step or None, |x0| (read at the first step only) -> alpha"""
        hi = HUGE if self.max_displacement is None else min(HUGE, self.max_displacement / norm)
        last, self.last = self.last, slope
        if self.alpha is None:
            self.alpha = min(max(TINY, min(HUGE, self.initial_displacement * (1 + x0) / norm)), max(TINY, hi))
            return min(self.alpha, hi)
        if arrival is None or last is None:
            self.alpha = max(TINY, min(self.alpha, hi)); return min(self.alpha, hi)
        if not np.isfinite(arrival):
            self.not_finite(); self.alpha = max(TINY, min(self.alpha, hi)); return min(self.alpha, hi)
        # 2. The averages; their past is carried along with the size of the slopes.
        q, m = abs(last), self.averaging
        if self.safeguards:
            new = np.log(q) if self.ln_slope is None else 0.9 * self.ln_slope + 0.1 * np.log(q)
            fall = 1.0 if self.ln_slope is None else np.exp(new - self.ln_slope)
            self.ln_slope = new
            self.S *= fall; self.Q *= fall
        self.S = m * self.S + (1 - m) * arrival
        self.Q = m * self.Q + (1 - m) * q
        if not (np.isfinite(self.S) and np.isfinite(self.Q) and self.Q > 0): self.S = self.Q = 0.0
        known = self.Q > 0
        ratio = self.S / self.Q if known else 0.0
        if not np.isfinite(ratio): ratio = np.sign(ratio) * HUGE
        kappa = min(1.0, max(-1.0, self.c - ratio)) if known else 0.0
        # 3. The ramp.
        self.overshoots += kappa < 0
        ramped = self.overshoots >= 3
        if ramped: self.rate = max(self.growth, 0.9 * self.rate)
        # 4. The step.
        with np.errstate(over='ignore'): f = float(np.exp(self.rate * kappa))
        steep = self.safeguards and ratio > 1
        if steep: f = min(f, 2 / (1 + ratio))
        wanted = min(HUGE, max(TINY, self.alpha * f)); alpha = max(TINY, min(wanted, hi))
        # 5. What the cap teaches.
        if ramped and alpha < min(wanted, self.alpha) and ratio > 0.9 * self.c and self.least_threshold < self.c:
            self.c = max(self.least_threshold, 0.7 * self.c)
        # 6. The averages as they would have been with the new alpha.
        h = min(HUGE, alpha / self.alpha)
        if self.safeguards and (ramped or steep): self.S = h * (self.S + self.Q) - self.Q
        if self.safeguards and alpha < wanted and h < 1e-3: self.rate, self.overshoots = self.ramp, 0
        self.alpha = alpha
        return min(alpha, hi)

class Optimizer:
    """reference.py's, with the search above: y, z, x as there."""
    def __init__(self, y, adam=True, beta=0.9, recency=2.0, beta2=0.999, eps=1e-8, **search):
        self.adam, self.beta, self.recency, self.beta2, self.eps = adam, beta, recency, beta2, eps
        self.search = AmortizedGols(**search)
        self.z, self.d, self.v, self.t = y.copy(), None, np.zeros_like(y), 0
        self.norm0 = np.sqrt(y @ y)
    def step(self, y, g):
        s = self.search
        if not np.all(np.isfinite(g)): s.not_finite(); return s.alpha
        v, d = self.v, -g
        if self.adam:
            v = self.beta2 * self.v + (1 - self.beta2) * g * g
            d = -g / (np.sqrt(v / (1 - self.beta2 ** (self.t + 1))) + self.eps)
        norm, slope = np.sqrt(d @ d), g @ d
        if norm == 0 or slope == 0: return s.alpha
        a = s.step(slope, norm, None if self.d is None else g @ self.d, self.norm0)
        self.t += 1
        w = min(1.0, (1 + self.recency) / (self.t + self.recency))
        y *= 1 - w
        y += w * self.z + a * ((1 - self.beta) + w * self.beta) * d
        self.z += a * d
        self.v, self.d = v, d
        return a
    def average(self, y):
        return y.copy() if self.beta == 0 else (y - (1 - self.beta) * self.z) / self.beta

def replay(path=pathlib.Path(__file__).parents[2] / 'tests/oracles/optimizer.json'):
    names = dict(c='threshold', m='averaging', growth='growth', ramp='ramp', start='initial_displacement', cap='max_displacement')
    worst = 0.0
    for case in json.load(open(path)):
        k = {names.get(a, a): b for a, b in case['settings'].items()}
        y = np.array(case['start'], float); o = Optimizer(y, safeguards=False, least_threshold=1.0, **k)
        for row in case['steps']:
            a = o.step(y, np.array([float(t) for t in row['g']]))
            if row['alpha'] is not None: worst = max(worst, abs(a / row['alpha'] - 1))
        worst = max(worst, np.abs(y - np.array(case['end'])).max(), np.abs(o.average(y) - np.array(case['average'])).max())
    return worst

def descend(grad, x, steps, loss=None, **kw):
    s = AmortizedGols(**kw); d = None; n0 = np.linalg.norm(x); L = []; al = []
    for t in range(steps):
        g = grad(t, x); slope = -(g @ g)
        if slope == 0: break
        a = s.step(slope, np.linalg.norm(g), None if d is None else g @ d, n0)
        d = -g; x = x + a * d; al.append(a)
        if loss: L.append(loss(x))
    return x, np.array(L), np.array(al)

def quadratic(lam, x, steps, **kw):
    lam = np.array(lam, float); f = lambda x: .5 * x @ (lam * x); x = np.array(x, float)
    L = np.r_[f(x), descend(lambda t, x: lam * x, x, steps, f, **kw)[1]]
    mn = np.minimum.accumulate(L); i = int(np.argmax(mn < 1e-3 * L[0])) if (mn < 1e-3 * L[0]).any() else len(L) - 1
    late = L[i:].max() / L[0]
    return L[-1] / L[0], (L / np.maximum(mn, 1e-290)).max(), late

def regression(seed=0, n=20, batch=10, noise=1e-3, off=0, averaged=None, steps=5000, **kw):
    r = np.random.default_rng(seed); U = r.normal(size=(500, n)); y = U @ (np.arange(n) + off) + noise * r.normal(size=500)
    idx = r.integers(0, 500, (steps, batch))
    g = lambda t, x: U[idx[t]].T @ (U[idx[t]] @ x - y[idx[t]]) / batch
    if averaged is None: x = descend(g, np.zeros(n), steps, **kw)[0]
    else:
        p = np.zeros(n); o = Optimizer(p, adam=averaged, **kw)
        for t in range(steps): o.step(p, g(t, p))
        x = o.average(p)
    return .5 * np.mean((U @ x - y) ** 2)

def noise_five_times(seed, **kw):
    r = np.random.default_rng(seed)
    al = descend(lambda t, x: x + 30 / np.sqrt(10) * r.normal(size=10), np.full(10, 6 / np.sqrt(10)), 600, **kw)[2]
    return int(np.argmax(al > .5 * np.median(al[300:])))

def extremes():
    """Finite, >= 0, and after the trouble back at the size for L = x^2/2 within `back` updates; all settings by all troubles."""
    worst = {}
    for growth in (1e-3, .1, 1000.):
        for ramp in (1e-3, .7, 1000.):
            for cap in (1e-300, 1., 1e300, None):
                for m in (0., .9):
                    s = AmortizedGols(growth=growth, ramp=ramp, max_displacement=cap, averaging=m); al = []
                    for slope, norm, arr in [(-1e-300, 1e-150, None), (-1., 1., -1.), (-1e300, 1e300, 1e300), (-1e-300, 1e-300, -1e300), (-1., 1e300, 1e308), (-1e308, 1., -1e308), (-5e-324, 1e-160, 5e-324), (-1., 1., np.inf), (-1., 1., np.nan)] * 20:
                        al.append(s.step(slope, norm, arr))
                    assert np.all(np.isfinite(al)) and min(al) >= 0 and np.isfinite(s.alpha) and s.alpha > 0
                    x, n = 0.3, 0
                    d = None
                    for n in range(20000):
                        g = x; 
                        if g * g == 0: break
                        a = s.step(-g * g, abs(g), None if d is None else g * d); d = -g; x = x + a * d
                        if abs(x) < 1e-6: break
                    worst[growth, ramp, cap, m] = (n, x)
    return worst

if __name__ == '__main__':
    warnings.simplefilter('ignore')
    print('recorded runs, largest difference', replay())
    CASES = [('1e2', [.1, 10], [1, 1]), ('1e1', [1, 10], [1, 1]), ('1e3', [.03, 30], [1, 1]), ('1e4', [.01, 100], [1, 1]), ('1e5', [.003, 300], [1, 1]), ('1e6', [1e-3, 1e3], [1, 1]), ('1e2 from (30, .01)', [.1, 10], [30, .01]), ('1e2 from (1e-3, 1e-3)', [.1, 10], [1e-3, 1e-3]), ('1e2 from (1, 1e-9)', [.1, 10], [1, 1e-9]),
             ('10d 1e2', np.logspace(-1, 1, 10), np.ones(10)), ('10d 1e4', np.logspace(-2, 2, 10), np.ones(10)), ('10d 1e6', np.logspace(-3, 3, 10), np.ones(10))]
    for label, kw in (('new', {}), ("plain averages", dict(safeguards=False, least_threshold=1.)), ('new, c not learned', dict(least_threshold=1.)), ('new, c = 0.25', dict(threshold=.25))):
        print('==', label)
        print('quadratics |', ' | '.join('%s: end %.0e rebound %.0e later %.0e' % ((n,) + quadratic(l, x, 3000, **kw)) for n, l, x in CASES))
        print('1-d, k = 1e-12..1e10, 1000 steps, worst end/start', max(quadratic([10. ** e], [.3], 1000, **kw)[0] for e in range(-12, 11)))
        o = [regression(s, **kw) for s in range(10)]
        print('regression: median %.1e worst %.1e; weights 1..20 %.1e; n 10 b 5 %.1e; n 30 b 20 %.1e; n 40 b 10 %.1e' % (np.median(o), max(o), max(regression(s, off=1, **kw) for s in (0, 1)), regression(n=10, batch=5, **kw), regression(n=30, batch=20, **kw), regression(n=40, **kw)))
        for a in (False, True): print('regression, averaged, along', 'Adam' if a else '-g', ['%.1e' % regression(s, averaged=a, **kw) for s in (0, 1)])
        o = [noise_five_times(s, **kw) for s in range(20)]; print('noise: updates until half the late step: median %d worst %d' % (np.median(o), max(o)), flush=True)
    w = extremes(); b = sorted(w.items(), key=lambda t: -t[1][0])
    print('extremes: all finite; to |x| < 1e-6 with cap 1 or more: at most', max(v[0] for k, v in w.items() if k[2] != 1e-300), b[:12])
