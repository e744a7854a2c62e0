"""Other programs' times beside this crate's: PyTorch, JAX with optax, NumPy and candle, one thread, f32.

    python3 benches/peers/peers.py --json FILE [--data DIR] [--rounds N] [--only network,update,training]

Builds what it needs: the programs of the benches, candle's, and a virtual environment with `requirements.txt` (some GB).
Prints the machine, and three tables: loss and gradient of the reference network, an update of the optimizers, and, with
MNIST's four IDX files in DIR, the time to a trained network. Checks that the programs compute the same. Rounds of all are
interleaved, and the least time of each counts, so that a busy machine disturbs all alike. Every time and ratio goes to FILE.
"""
import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1",
              "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "JAX_PLATFORMS": "cpu"}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", required=True, type=Path, help="where every time and ratio is written")
    parser.add_argument("--data", type=Path, help="MNIST's four IDX files, packed or not; without it nothing is trained")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of networks and updates (7)")
    parser.add_argument("--training-rounds", type=int, default=2, help="rounds of training (2)")
    parser.add_argument("--lengths", default="1000,10000,100000,1000000,10000000", help="parameters of an update")
    parser.add_argument("--only", default="network,update,training", help="some of the tables")
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - {"network", "update", "training"}:
        parser.error(f"there is no table '{unknown.pop()}': --only takes network, update and training")
    name = "train-images-idx3-ubyte"
    if chosen.data and not any((chosen.data / file).exists() for file in (name, name + ".gz")):
        parser.error(f"{chosen.data} has neither {name} nor {name}.gz")
    return chosen


def enter_environment():
    """Makes the virtual environment where there is none, and goes on in it."""
    folder = HERE / "venv"
    python = folder / "bin" / "python"
    if Path(sys.prefix) == folder and ONE_THREAD.items() <= os.environ.items():
        return
    if not python.exists():
        print("installing requirements.txt in benches/peers/venv", file=sys.stderr)
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "requirements.txt"],
                   check=True)
    os.execve(python, [str(python), __file__, *sys.argv[1:]], os.environ | ONE_THREAD)


def build(*arguments, folder=ROOT):
    """Where cargo puts what it builds, by name."""
    command = ["cargo", *arguments, "--message-format=json-render-diagnostics"]
    out = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    messages = map(json.loads, out.stdout.splitlines())
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


def programs():
    """The programs of this crate and candle's."""
    built = build("build", "--release", "-p", "gols-benches", "--bins")
    built |= build("bench", "--no-run", "-p", "gols-benches", "--bench", "optimizer")
    built |= build("build", "--release", folder=HERE)
    return {"network": built["network_speed"], "training": built["training_speed"], "update": built["optimizer"],
            "candle": built["candle_speed"]}


def main():
    chosen = options()
    enter_environment()
    sys.path.insert(0, str(HERE))
    import measure
    import network
    import training
    import update
    import torch
    torch.set_num_threads(1)
    made = programs()
    result = {"machine": measure.machine()}
    print(json.dumps(result["machine"], indent=1), flush=True)
    tables = {"network": lambda: network.compare(made, chosen.rounds),
              "update": lambda: update.compare(made, chosen.rounds, [int(n) for n in chosen.lengths.split(",")])}
    if chosen.data:
        tables["training"] = lambda: training.compare(made, chosen.data, chosen.training_rounds)
    for name in [name for name in tables if name in chosen.only]:
        result[name] = tables[name]()
        # Table by table, so that none is lost where the next one fails.
        chosen.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
