"""What docs/scaling.md computes is compared with a simulation."""

import os

from processes import run as command

NAME = "arithmetic"
EVENT = "Misses, feed and uses of clients are played through, request by request (Benchmarks/simulation)"
ASKED = "the arithmetic of docs/scaling.md is right within a twentieth"
SIMULATION = os.path.realpath(f"{os.path.dirname(os.path.abspath(__file__))}/../../../../Benchmarks/simulation/simulation.py")


def run(_):
    compared = command(["python3", SIMULATION, "--check"], "the simulation").strip().splitlines()
    return f"{len(compared)} figures compared, none further apart"
