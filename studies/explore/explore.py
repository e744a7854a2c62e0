"""Final training losses of settings of the rule, as ratios to the best constant Adam rate in hindsight.

    pip install jax
    GOLS_DATA=DIR python3 explore.py light 6 default first k=.5 k=.85 c=.5,wid=0 first,cap=10

The first word names problems (`light`, or a list with commas), the second the number of starts, the others settings: changes
of the default, or of `first`, the rule this one came from. All settings and starts of a problem run at once.
"""
import sys
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
import problems
import rule

LIGHT = 'logreg sig_glass1 sig_card1 sig_horse1 sig_soybean1 relu_thyroid1 relu_soybean1 relu_card1 relu_cancer1 fact scale'
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)


def batches(p, seed):
    random, need, got = np.random.default_rng(1000 + seed), p.steps * p.batch, []
    while sum(map(len, got)) < need:
        got.append(random.permutation(p.n))
    return jnp.asarray(np.concatenate(got)[:need].reshape(p.steps, p.batch).astype(np.int32))


def losses(p, factory, settings, seeds):
    """Final training losses, a row a setting, a column a start, and those at the starts."""
    data, (begin, step, end) = tuple(jnp.asarray(a) for a in p.X), factory
    starts = []
    for seed in range(seeds):
        x0, unravel = ravel_pytree(p.init(jax.random.PRNGKey(seed)))
        starts.append(x0.astype(jnp.float32))

    def loss(x, rows):
        return p.loss(unravel(x), rows)

    def train(x0, order, h):
        def body(s, rows):
            return step(s, lambda x: jax.value_and_grad(loss)(x, tuple(a[rows] for a in data)), h, p.steps)
        x = end(jax.lax.scan(body, begin(x0, h), order)[0])
        parts = [tuple(a[i:min(i + 500, p.evaln)] for a in data) for i in range(0, p.evaln, 500)]
        return [sum(loss(x, part) * len(part[0]) for part in parts) / p.evaln for x in (x, x0)]

    together = jax.vmap(jax.vmap(train, in_axes=(0, 0, None)), in_axes=(None, None, 0))
    h = {name: jnp.asarray([each[name] for each in settings], jnp.float32) for name in settings[0]}
    orders = jnp.stack([batches(p, seed) for seed in range(seeds)])
    return [np.nan_to_num(np.asarray(each), nan=1e9) for each in jax.jit(together)(jnp.stack(starts), orders, h)]


def parsed(word):
    changes = word.split(',')
    setting = dict(rule.FIRST if changes[0] == 'first' else rule.DEFAULT)
    for change in changes:
        if '=' in change:
            name, value = change.split('=')
            if name not in setting:
                sys.exit(f"there is no setting '{name}'; it has {', '.join(setting)}")
            setting[name] = float(value)
    return setting


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    names = (LIGHT.split() if sys.argv[1] == 'light' else sys.argv[1].split(','))
    seeds, words = int(sys.argv[2]), sys.argv[3:]
    rows = []
    for name in names:
        p = problems.ALL[name]()
        best = max(losses(p, rule.adam(), [dict(lr=rate) for rate in RATES], seeds)[0].mean(1).min(), 1e-3)
        found, before = losses(p, rule.gols(), [parsed(word) for word in words], seeds)
        rows.append(np.maximum(found.mean(1), 1e-3) / best)
        print(f'{name:14s} best Adam {best:9.4g} |' + ' '.join(f'{ratio:8.3f}' for ratio in rows[-1]), flush=True)
        if (found > before).any():
            lost = (found > before).sum(1)
            print(f'{"":17s} above the start |' + ' '.join(f'{count:8d}' for count in lost), flush=True)
    print(f'{"":24s} mean |' + ' '.join(f'{ratio:8.3f}' for ratio in np.exp(np.log(rows).mean(0))))
    print(f'{"":23s} worst |' + ' '.join(f'{ratio:8.3f}' for ratio in np.max(rows, 0)))
    print(f'{"":30s}' + ' '.join(f'{word[-8:]:>8s}' for word in words))


if __name__ == '__main__':
    main()
