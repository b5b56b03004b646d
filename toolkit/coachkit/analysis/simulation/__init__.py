"""Synthetic engagements with known truth: for samples, tests and benchmarks."""

from coachkit.analysis.simulation.design import Noise
from coachkit.analysis.simulation.engagement import SimulatedEngagement, SimulatedWave, simulate_engagement

__all__ = ["Noise", "SimulatedEngagement", "SimulatedWave", "simulate_engagement"]
