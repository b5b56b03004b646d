"""Reliability of scales: Cronbach's alpha, omega, Spearman-Brown. The public door to ``coachkit.core.reliability``."""

from coachkit.core.reliability import Alpha, Omega, cronbach_alpha, omega_total, read_reliability, sem, spearman_brown

__all__ = ["Alpha", "Omega", "cronbach_alpha", "omega_total", "read_reliability", "sem", "spearman_brown"]
