"""Forger's subject: data sets, networks, training, runs, sampling and films. Never imports streamlit."""

import os

# How OpenMP's threads wait for each other between two pieces of work: by sleeping at once, which leaves the cores to
# others, or by spinning for a while first, which goes on sooner. `python -m benchmarks.waiting` compares them.
WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}
# Who has set one of these has decided, and nothing else is set: the second overrules the first.
WAITING_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")

if not any(name in os.environ for name in WAITING_VARIABLES):  # before torch is loaded, which reads them
    os.environ.update(WAITING)
