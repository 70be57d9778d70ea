"""Forger's subject: data sets, networks, training, runs, sampling and films. Never imports streamlit."""

import os

# Before torch is loaded. Its threads wait for each other by sleeping, not by spinning: on two cores that somebody else
# uses, too (the server, a browser), a training step then takes 0.6 times as much processor time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
