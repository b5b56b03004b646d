# Reference values for coachkit's statistics, computed by R on the synthetic ratings beside this file.
#
#   Rscript tests/reference/make_reference.R            (from the root of the repository)
#
# Debian 12: apt-get install r-base-core r-cran-psych r-cran-multilevel r-cran-nlme r-cran-lavaan r-cran-jsonlite
# Every entry holds its call; versions are written with the values. What no package gives is written with base R and
# says "base R". The tests read values.json and need no R.

suppressMessages({
  library(psych)
  library(multilevel)
  library(nlme)
  library(lavaan)
  library(jsonlite)
})

here <- "tests/reference"
full <- read.csv(file.path(here, "ratings.csv"))
gaps <- read.csv(file.path(here, "ratings_missing.csv"))
judges <- read.csv(file.path(here, "judges.csv"))[, -1]
items <- names(full)[4:ncol(full)]
full$mean <- rowMeans(full[, items])
group <- paste(full$manager_id, full$rater_group)
values <- list()
note <- function(name, call, value) values[[name]] <<- list(call = call, value = value)

describe_alpha <- function(x) {
  a <- psych::alpha(x, warnings = FALSE)
  list(n = nrow(x), alpha = a$total$raw_alpha, low = a$feldt$lower.ci[[1]], high = a$feldt$upper.ci[[1]],
       standard_error = a$total$ase, item_rest = as.list(setNames(a$item.stats$r.drop, colnames(x))),
       alpha_if_deleted = as.list(setNames(a$alpha.drop$raw_alpha, colnames(x))))
}
note("alpha", "psych::alpha(ratings[, items])", describe_alpha(full[, items]))
note("alpha_missing", "psych::alpha(ratings_missing[, items])  # pairwise covariances, n = all rows",
     describe_alpha(gaps[, items]))

# lavaan: one factor, maximum likelihood, covariances over n. Its optimiser stops about 1e-8 from the optimum and
# reports no convergence when its tolerance is tightened; factanal with a tight tolerance comes closer.
model <- paste("f =~", paste(items, collapse = " + "))
fit <- cfa(model, full, std.lv = TRUE, estimator = "ML")
found <- lavInspect(fit, "est")
loading <- found$lambda[, 1]
note("omega", "lavaan::cfa('f =~ items', std.lv = TRUE, estimator = 'ML'); sum(l)^2 / (sum(l)^2 + sum(theta))",
     list(omega = sum(loading)^2 / (sum(loading)^2 + sum(diag(found$theta))),
          loadings_over_n = as.list(loading), n = nrow(full), converged = lavInspect(fit, "converged")))
f <- factanal(full[, items], 1, control = list(opt = list(factr = 10)))
l <- f$loadings[, 1] * apply(full[, items], 2, sd)
u <- f$uniquenesses * apply(full[, items], 2, var)
note("omega_factanal", "stats::factanal(ratings[, items], 1, control = list(opt = list(factr = 10)))  # base R",
     list(omega = sum(l)^2 / (sum(l)^2 + sum(u))))

one_way <- summary(aov(mean ~ as.factor(manager_id), full))[[1]]
fitted <- aov(mean ~ as.factor(manager_id), full)
note("icc", "multilevel::ICC1(aov(mean ~ as.factor(manager_id))); multilevel::ICC2(...)",
     list(icc1 = multilevel::ICC1(fitted), icc2 = multilevel::ICC2(fitted), between = one_way[1, 3],
          within = one_way[2, 3], n_groups = length(unique(full$manager_id))))

tight <- lmeControl(opt = "optim", msTol = 1e-14, tolerance = 1e-14, maxIter = 500, msMaxIter = 500,
                    optimMethod = "BFGS", reltol = 1e-15)
mixed <- lme(mean ~ 1, random = ~ 1 | manager_id, data = full, method = "REML", control = tight)
tau2 <- as.numeric(getVarCov(mixed))
sigma2 <- mixed$sigma^2
note("icc_reml", "nlme::lme(mean ~ 1, random = ~ 1 | manager_id, method = 'REML'); tau2 / (tau2 + sigma2)",
     list(icc1 = tau2 / (tau2 + sigma2), between = tau2, within = sigma2, mean = fixef(mixed)[[1]]))

units <- lme(mean ~ 1, random = ~ 1 | manager_id, data = full[full$rater_group == "report", ], method = "REML",
             control = tight)
blup <- coef(units)
note("empirical_bayes_reml", "coef(nlme::lme(mean ~ 1, random = ~ 1 | manager_id, reports only, method = 'REML'))",
     as.list(setNames(blup[, 1], rownames(blup))))

# DerSimonian & Laird by hand, base R: the moment estimate of the variance between units
reports <- full[full$rater_group == "report", ]
n <- tapply(reports$mean, reports$manager_id, length)
m <- tapply(reports$mean, reports$manager_id, mean)
v <- sum((reports$mean - m[reports$manager_id])^2) / (nrow(reports) - length(n)) / n
w <- 1 / v
q <- sum(w * (m - weighted.mean(m, w))^2)
t2 <- max(0, (q - (length(m) - 1)) / (sum(w) - sum(w^2) / sum(w)))
centre <- weighted.mean(m, 1 / (t2 + v))
note("empirical_bayes_moments", "base R: DerSimonian & Laird tau2; t2 / (t2 + v) * m + v / (t2 + v) * centre",
     as.list((t2 * m + v * centre) / (t2 + v)))

wide <- psych::ICC(judges, lmer = FALSE)$results
note("intraclass_forms", "psych::ICC(judges, lmer = FALSE)$results",
     setNames(lapply(seq_len(6), function(i) list(value = wide$ICC[i], low = wide$`lower bound`[i],
                                                  high = wide$`upper bound`[i])),
              c("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")))

by_group <- function(table, column) as.list(setNames(table[[column]], table$grpid))
note("rwg", "multilevel::rwg(ratings$BEH01, manager and rater group, ranvar = 2)",
     by_group(multilevel::rwg(full$BEH01, group, ranvar = 2), "rwg"))
note("rwg_j", "multilevel::rwg.j(ratings[, items], manager and rater group, ranvar = 2)",
     by_group(multilevel::rwg.j(full[, items], group, ranvar = 2), "rwg.j"))
note("rwg_j_missing", "multilevel::rwg.j(ratings_missing[, items], manager and rater group, ranvar = 2)",
     by_group(multilevel::rwg.j(gaps[, items], paste(gaps$manager_id, gaps$rater_group), ranvar = 2), "rwg.j"))
note("average_deviation", "multilevel::ad.m(ratings[, items], manager and rater group, type = 'mean')",
     by_group(multilevel::ad.m(full[, items], group, type = "mean"), "AD.M"))

a <- values$alpha$value$alpha
s <- sd(full$mean)
note("sem", "base R: sd(mean) * sqrt(1 - alpha)", list(sd = s, alpha = a, sem = s * sqrt(1 - a)))
note("spearman_brown", "base R: k * r / (1 + (k - 1) * r), r = .30", {
  k <- c(1, 2, 3, 4, 8, 0.5)
  list(factor = k, reliability = k * 0.3 / (1 + (k - 1) * 0.3))
})
note("reliable_change", "base R: (x2 - x1) / (s * sqrt(2) * sqrt(1 - r)), threshold 1.96 errors",
     list(before = 2.75, after = 3.5, sd = s, reliability = 0.64, index = 0.75 / (s * sqrt(2) * sqrt(1 - 0.64)),
          threshold = 1.96 * s * sqrt(2) * sqrt(1 - 0.64)))
gas <- function(x, w, rho = 0.3) 50 + 10 * sum(w * x) / sqrt((1 - rho) * sum(w^2) + rho * sum(w)^2)
cases <- list(list(c(1, 1, 1), c(1, 1, 1)), list(c(1, 0, -1), c(3, 2, 1)), list(c(2, 0, -1), c(2, 1, 1)),
              list(c(-2, 2, 1, 0), c(4, 1, 2, 3)))
note("gas_t_score", "base R: 50 + 10 * sum(w * x) / sqrt((1 - .3) * sum(w^2) + .3 * sum(w)^2)  # Kiresuk & Sherman 1968",
     lapply(cases, function(case) list(levels = case[[1]], weights = case[[2]], t = gas(case[[1]], case[[2]]))))

# Feldt's test of two independent alphas, base R
first <- full[full$rater_group == "peer", items]
second <- full[full$rater_group == "report", items]
a1 <- psych::alpha(first, warnings = FALSE)$total$raw_alpha
a2 <- psych::alpha(second, warnings = FALSE)$total$raw_alpha
ratio <- (1 - a1) / (1 - a2)
tail <- pf(ratio, nrow(first) - 1, nrow(second) - 1)
note("compare_alphas", "base R: W = (1 - a1) / (1 - a2) against F(n1 - 1, n2 - 1), two-sided; alphas by psych::alpha",
     list(alpha_1 = a1, alpha_2 = a2, n_1 = nrow(first), n_2 = nrow(second), ratio = ratio,
          p = 2 * min(tail, 1 - tail)))

packages <- c("psych", "multilevel", "nlme", "lavaan")
versions <- as.list(setNames(sapply(packages, function(p) as.character(packageVersion(p))), packages))
meta <- list(script = "tests/reference/make_reference.R", data = "made by tests/reference/make_data.py, seed 1979",
             versions = c(list(R = paste(R.version$major, R.version$minor, sep = ".")), versions))
write_json(c(list(`_meta` = meta), values), file.path(here, "values.json"), digits = 15, auto_unbox = TRUE,
           pretty = TRUE, na = "null")
