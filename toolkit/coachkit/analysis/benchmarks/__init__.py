"""How accurate and how fast the analysis is, measured on cohorts whose truth is known, naive methods beside ours."""
