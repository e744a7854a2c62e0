"""The optimizer's rule in JAX with everything that was tried as a setting, and Adam beside it.

python3 explore.py names the settings. `DEFAULT` is the rule as most of it was chosen, the crate has clo=.25,m=.7,r0=.3,start=1e-3;
`FIRST` is the rule it came from: a cap of 1, no delay, a fixed recency.
"""
import jax
import jax.numpy as jnp

DEFAULT = dict(
    c=.8, clo=.2, wid=.1,            # the target of S/Q, its least, and how far R must be below 1 for it
    m=.9, g=.1, r0=.7, start=1e-4,   # averaging, growth, ramp, first displacement
    b=.9, tau=30., b2=.999,          # the mean's share, its delay, Adam's decay
    eta=.03, aim=.4, rmin=2., rmax=30., qm=.98, every=1.,   # how r follows R; R sampled every so many updates
    metric=0.,                       # 1: R from -d.u, in place of g.u
    k=.7, p=.5, e=0., lazy=.25, short=.01,   # the reach: share, root, exponent of |d|, when measured, short directions
    offset=0.,                       # > 0: r-bar = this times |z - x|, in place of |z - x0|
    follow=0., Ra=.65, least=.25, most=4.,   # > 0: k follows R, by this rate, to this R, within these factors
    b1=0., power=.5,                 # Adam's momentum, and the power of its second moments
    fixed=0.,                        # > 0: the step length throughout
    dog=0.,                          # 1: the sum of the reach is t, as in DoG, in place of DoWG's
    cap=1e30)                        # a cap on the displacement
FIRST = dict(DEFAULT, c=.5, wid=0., start=1e-6, tau=0., eta=0., k=1e30, short=0., cap=1.)


def gols():
    def begin(x, h):
        zero = jnp.zeros_like(x)
        return dict(y=x, z=x, x=x, x0=x, d=zero, mo=zero, v=zero, t=0., S=0., Q=0., a=0., rate=h['r0'], last=0., hit=0.,
                    n0=jnp.linalg.norm(x), rb=0., G=0., D2=0., path=0., qs=0., qa=0., R=0., lr=jnp.log(h['rmin']),
                    lk=0.)

    def step(s, vg, h, _):
        l, g = vg(s['y'])
        t, first, u = s['t'] + 1, s['t'] == 0, s['z'] - s['x']
        v = h['b2'] * s['v'] + (1 - h['b2']) * g * g
        mo = h['b1'] * s['mo'] + (1 - h['b1']) * g
        d = -mo / (1 - h['b1']**t) / ((v / (1 - h['b2']**t))**h['power'] + 1e-8)
        nd, gd = jnp.linalg.norm(d), jnp.vdot(g, d)
        lr = jnp.where(s['qa'] > 0, jnp.clip(s['lr'] + h['eta'] * (h['aim'] - s['R']), jnp.log(h['rmin']),
                                             jnp.log(h['rmax'])), s['lr'])
        q = jnp.where(h['metric'] > 0, -jnp.vdot(d, u), jnp.vdot(g, u))
        on, m = (t % h['every']) == 0, h['qm']**h['every']
        qs = jnp.where(on, m * s['qs'] + (1 - m) * q, s['qs'])
        qa = jnp.where(on, m * s['qa'] + (1 - m) * jnp.abs(q), s['qa'])
        R = jnp.where(qa > 0, qs / jnp.where(qa > 0, qa, 1.), 0.)
        c = jnp.where(h['wid'] > 0, h['clo'] + (h['c'] - h['clo'])
                      * jnp.clip((1 - s['R']) / jnp.where(h['wid'] > 0, h['wid'], 1.), 0, 1), h['c'])
        S = jnp.where(first, 0., h['m'] * s['S'] + (1 - h['m']) * jnp.vdot(g, s['d']))
        Q = jnp.where(first, 0., h['m'] * s['Q'] + (1 - h['m']) * jnp.abs(s['last']))
        kappa = jnp.where(Q > 0, jnp.clip(c - S / jnp.where(Q > 0, Q, 1.), -1, 1), 0.)
        hit = s['hit'] + jnp.where(kappa < 0, 1., 0.)
        rate = jnp.where(hit >= 3, jnp.maximum(h['g'], s['rate'] * .9), s['rate'])
        a = jnp.where(first, h['start'] * (1 + s['n0']) / nd, s['a'] * jnp.exp(rate * kappa))
        due = s['path'] >= h['lazy'] * s['rb']
        far = jnp.where(h['offset'] > 0, h['offset'] * jnp.linalg.norm(u), jnp.linalg.norm(s['z'] - s['x0']))
        rb = jnp.where(first, h['start'] * (1 + s['n0']), jnp.where(due, jnp.maximum(s['rb'], far), s['rb']))
        ne = nd**h['e']
        G, D2 = s['G'] + rb**2 * ne**2, s['D2'] + nd**2
        tau = jnp.where(h['dog'] > 0, t, G / (rb * ne)**2)
        lk = jnp.where(s['qa'] > 0, jnp.clip(s['lk'] + h['follow'] * (h['Ra'] - s['R']), jnp.log(h['least']),
                                             jnp.log(h['most'])), s['lk'])
        limit = jnp.minimum(jnp.exp(lk) * h['k'] * rb / tau**h['p'], h['cap'])
        a = jnp.minimum(a, limit / jnp.maximum(nd, h['short'] * jnp.sqrt(D2 / t)))
        a = jnp.where(h['fixed'] > 0, h['fixed'], a)
        r = jnp.where(h['eta'] > 0, jnp.exp(lr), h['rmin'])
        w, share = jnp.minimum(1., (1 + r) / (t + r)), h['b'] * t / (t + h['tau'])
        z = s['z'] + a * d
        x = (1 - w) * s['x'] + w * z
        new = dict(s, y=(1 - share) * z + share * x, z=z, x=x, d=d, mo=mo, v=v, t=t, S=S, Q=Q, a=a, rate=rate, last=gd, hit=hit,
                   rb=rb, G=G, D2=D2, path=jnp.where(due, 0., s['path']) + a * nd, qs=qs, qa=qa, R=R, lr=lr, lk=lk)
        still = (nd == 0) | (gd == 0) | ~jnp.isfinite(nd)
        return jax.tree.map(lambda old, new: jnp.where(still, old, new), s, new), l
    return begin, step, lambda s: s['x']


def adam():
    def begin(x, h):
        return dict(x=x, m=jnp.zeros_like(x), v=jnp.zeros_like(x), t=0.)

    def step(s, vg, h, n):
        l, g = vg(s['x'])
        t, m, v = s['t'] + 1, .9 * s['m'] + .1 * g, .999 * s['v'] + .001 * g * g
        d = (m / (1 - .9**t)) / (jnp.sqrt(v / (1 - .999**t)) + 1e-8)
        return dict(x=s['x'] - h['lr'] * d, m=m, v=v, t=t), l
    return begin, step, lambda s: s['x']
