"""Forger's subject: data sets, networks, training, runs, sampling and films. Never imports streamlit."""
