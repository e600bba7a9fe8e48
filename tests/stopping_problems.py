"""Stopping problems with known answers, to hold the simulated answers against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jukushi.questions.policy_value import follow
from jukushi.questions.stopping import Histories, Policy


def draws_of(count: int) -> np.ndarray:
    """Return draws of 16 histories each; they share nothing here and only serve the errors."""
    return np.arange(count) // 16


def logistic(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


@dataclass(frozen=True)
class Waiting:
    """Waiting for news about a hidden yes or no, cases/CODEBOOK.md 4.3 in the shared notes.

    theta is 1 with probability P and never changes; stopping brings theta - P0, that is, P - P0
    on average. News makes the belief a martingale, dP = s P (1-P) dW; the chance to stop is
    lost at rate eta, here as a discount. Time is in units of 1/s**2.

    **Closed form**, derived anew. While it pays to wait, the value V(P) keeps its mean but for
    the loss: eta V = s**2 P**2 (1-P)**2 V'' / 2. Try V = P**a (1-P)**(1-a): V'/V = (a-P)/(P(1-P)),
    and V''/V = (V'/V)**2 + (V'/V)' = a (a-1) / (P(1-P))**2, so a (a-1) = 2 eta/s**2 and
    a = (1 + sqrt(1 + 8 eta/s**2)) / 2; the other root explodes as P goes to 0. At the belief P*
    where stopping begins V meets P - P0 in value and slope: 1/(P*-P0) = (a-P*)/(P*(1-P*)), whose
    terms in P*^2 cancel, leaving P* = a P0 / (a - 1 + P0). As in the codebook.

    **Exact paths.** Ito's formula for x = log(P/(1-P)) gives dx = s**2 (P - 1/2) dt + s dW under
    the observer's measure: given theta, a Brownian motion with drift +s**2/2 or -s**2/2.
    """

    eta: float
    step: float
    dates: int
    break_even: float = 0.7
    start: float = 0.5

    @property
    def alpha(self) -> float:
        return (1.0 + np.sqrt(1.0 + 8.0 * self.eta)) / 2.0

    @property
    def threshold(self) -> float:
        return self.alpha * self.break_even / (self.alpha - 1.0 + self.break_even)

    @property
    def value(self) -> float:
        """In continuous time without an end, from the start."""
        a, p, q = self.alpha, self.start, self.threshold
        return (q - self.break_even) * (p / q) ** a * ((1.0 - p) / (1.0 - q)) ** (1.0 - a)

    @property
    def discount(self) -> np.ndarray:
        return np.exp(-self.eta * self.step * np.arange(self.dates))

    def exact(self) -> tuple[float, np.ndarray]:
        """Value and thresholds[dates] on these dates, by dynamic programming with quadrature."""
        x = np.linspace(-14.0, 14.0, 5_601)
        p = logistic(x)
        nodes, weights = np.polynomial.hermite_e.hermegauss(48)
        weights = weights / weights.sum()
        drift, noise = self.step / 2.0, np.sqrt(self.step) * nodes[:, None]
        value, thresholds = np.zeros_like(x), []
        for _ in range(self.dates):
            if_yes = weights @ np.interp(x + drift + noise, x, value)
            if_no = weights @ np.interp(x - drift + noise, x, value)
            wait = np.exp(-self.eta * self.step) * (p * if_yes + (1.0 - p) * if_no)
            stop = p - self.break_even
            thresholds.append(p[np.argmax(stop > wait)])
            value = np.maximum(stop, wait)
        first = np.log(self.start / (1.0 - self.start))
        return float(np.interp(first, x, value)), np.array(thresholds[::-1])

    def histories(
        self, x: np.ndarray, rng: np.random.Generator, first: int = 0, hidden: bool = False
    ) -> Histories:
        """Simulate from log-odds x[n] at a date on; earlier dates are left empty and closed.

        What stopping brings is its mean given the belief, or theta itself if `hidden`.
        """
        n = len(x)
        theta = rng.random(n) < logistic(x)
        drift = np.where(theta, 0.5, -0.5) * self.step
        path = np.zeros((self.dates, n))
        for date in range(first, self.dates):
            if date > first:
                x = x + drift + np.sqrt(self.step) * rng.standard_normal(n)
            path[date] = x
        belief = theta[None] * np.ones((self.dates, 1)) if hidden else logistic(path)
        feasible = np.zeros((self.dates, n, 1), bool)
        feasible[first:] = True
        return Histories(
            features=np.stack([logistic(path), path], axis=2),
            payoff=(self.discount[:, None] * (belief - self.break_even))[:, :, None],
            feasible=feasible,
            final=np.zeros(n),
            draw=draws_of(n),
        )

    def from_start(self, n: int, rng: np.random.Generator, hidden: bool = False) -> Histories:
        x = np.full(n, np.log(self.start / (1.0 - self.start)))
        return self.histories(x, rng, hidden=hidden)

    def inner(
        self, policy: Policy, outer: Histories, samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Branch off from every date of every outer history."""
        found = np.zeros((self.dates, outer.count, samples))
        for date in range(self.dates):
            x = np.repeat(outer.features[date, :, 1], samples)
            branch = self.histories(x, rng, first=date)
            cash = follow(policy, branch, start=date + 1)[2]
            found[date] = cash.reshape(outer.count, samples)
        return found


@dataclass(frozen=True)
class Chain:
    """A Markov chain of twelve states, ten dates and two ways to stop, not open everywhere.

    North brings much in high states, south a little in the middle; both are discounted.
    Never stopping brings something in every third state, so it is a gamble to the end. What
    the decider sees is chosen by `Histories.seeing`: columns 0 to 11 are indicators of the
    state, 12 is the third of the chain that it lies in, 13 to 16 are irrelevant noise, 17 is
    the state's number.
    """

    states: int = 12
    dates: int = 10
    beta: float = 0.96

    @property
    def moves(self) -> np.ndarray:
        """Chance of each move, [from, to]: one or two steps, up more often than down."""
        chance = np.zeros((self.states, self.states))
        for state in range(self.states):
            for step, weight in ((-2, 0.1), (-1, 0.25), (0, 0.3), (1, 0.25), (2, 0.1)):
                chance[state, np.clip(state + step, 0, self.states - 1)] += weight
        return chance

    @property
    def rewards(self) -> np.ndarray:
        """What stopping brings, [state, action]."""
        state = np.arange(self.states)
        return np.stack([state - 6.0, 1.6 - 0.25 * np.abs(state - 5.0)], axis=1)

    @property
    def open(self) -> np.ndarray:
        """Which actions are open, [state, action]."""
        state = np.arange(self.states)
        return np.stack([state != 9, (state % 4) != 2], axis=1)

    @property
    def final(self) -> np.ndarray:
        return np.where(np.arange(self.states) % 3 == 0, 2.4, 0.0)

    def histories(
        self, state: np.ndarray, rng: np.random.Generator, first: int = 0, noise: float = 0.0
    ) -> Histories:
        """Simulate from state[n] at a date on; `noise` blurs payoffs, not what is seen."""
        n = len(state)
        steps = self.moves.cumsum(axis=1)
        path = np.zeros((self.dates + 1, n), np.int64)
        for date in range(first, self.dates + 1):
            if date > first:
                above = rng.random(n)[:, None] > steps[state]
                state = np.minimum(above.sum(axis=1), self.states - 1)
            path[date] = state
        seen = path[:-1]
        now = self.beta ** np.arange(self.dates)[:, None, None]
        blur = noise * rng.standard_normal((self.dates, n, 2))
        features = np.concatenate(
            [
                np.eye(self.states)[seen],
                (seen // 4)[:, :, None],
                rng.standard_normal((self.dates, n, 4)),
                seen[:, :, None],
            ],
            axis=2,
        )
        feasible = self.open[seen]
        feasible[:first] = False
        return Histories(
            features,
            now * self.rewards[seen] + blur,
            feasible,
            self.beta**self.dates * self.final[path[-1]],
            draws_of(n),
        )

    def from_start(self, n: int, rng: np.random.Generator, noise: float = 0.0) -> Histories:
        """Start in states 1 to 8 in turn, so that starts add nothing to the error."""
        return self.histories(1 + np.arange(n) % 8, rng, noise=noise)

    def inner(
        self,
        policy: Policy,
        outer: Histories,
        columns: list[int],
        samples: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Branch off from every date of every outer history; the policy sees `columns`."""
        found = np.zeros((self.dates, outer.count, samples))
        for date in range(self.dates):
            state = outer.features[date, :, : self.states].argmax(axis=1)
            branch = self.histories(np.repeat(state, samples), rng, first=date).seeing(columns)
            cash = follow(policy, branch, start=date + 1)[2]
            found[date] = cash.reshape(outer.count, samples)
        return found

    def exact(self) -> tuple[np.ndarray, np.ndarray]:
        """Value[dates + 1, state] and best action[dates, state] (-1 go on), by QuantEcon."""
        from quantecon.markov import DiscreteDP
        from quantecon.markov.ddp import backward_induction

        away = self.states
        reward = np.full((self.states + 1, 3), -np.inf)
        chance = np.zeros((self.states + 1, 3, self.states + 1))
        reward[:away, 0] = 0.0
        chance[:away, 0, :away] = self.moves
        reward[:away, 1:] = np.where(self.open, self.rewards, -np.inf)
        chance[:, 1:, away] = 1.0
        reward[away, 0], chance[away, 0, away] = 0.0, 1.0
        problem = DiscreteDP(reward, chance, self.beta)
        values, actions = backward_induction(problem, self.dates, np.append(self.final, 0.0))
        return values[:, :away], actions[:, :away] - 1
