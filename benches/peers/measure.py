"""What all tables share: times, programs of other processes, and what machine this is."""
import os
import platform
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def seconds(call, least=0.05):
    """The time of one call, over as many as fill `least` seconds."""
    count, start = 0, time.perf_counter()
    while True:
        call()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed > least:
            return elapsed / count


def lines(*command):
    """What a program prints, line by line, as numbers where they are."""
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    return [[float(word) for word in line.split()] for line in out.stdout.splitlines()]


def machine():
    """The processor, what the vectors of this crate will be, the caches of a core, and versions."""
    info = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        info.setdefault(key.strip(), value.strip())
    flags = info.get("flags", "").split()
    level = next((name for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if flag in flags), "below AVX2")
    if "gols_avx2" in os.environ.get("RUSTFLAGS", ""):
        level = "AVX2, told by RUSTFLAGS; the others choose their own"
    caches = {}
    for cache in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (cache / "type").read_text().strip()
        caches[f"L{(cache / 'level').read_text().strip()} {kind}"] = (cache / "size").read_text().strip()
    versions = {name: __import__(name).__version__ for name in ("numpy", "torch", "jax", "optax")}
    lock = (Path(__file__).parent / "Cargo.lock").read_text()
    for crate in ("candle-core", "candle-nn"):
        versions[crate] = lock.split(f'name = "{crate}"\nversion = "')[1].split('"')[0]
    versions["python"] = platform.python_version()
    versions["rustc"] = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    return {"processor": info.get("model name", platform.machine()), "cores": os.cpu_count(),
            "load": os.getloadavg()[0], "level": level, "caches": caches, "versions": versions}


def row(cells, widths):
    print(" ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths)), flush=True)
