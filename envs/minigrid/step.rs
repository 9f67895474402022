//! The twin of the step: the code of one invocation, on u32 words and integers only.
//!
//! Order: moving balls, the agent's action, the rules of the task, the clock. Each [`Task`] adds the rules of one group of
//! ids to the rules that all ids share.

use super::cells::{self, EMPTY, class, class_of, code, colour_of};
use super::layout::{Body, cell_word, word};
use super::rules::{Rules, Task};
use crate::envs::shared::core::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::entity;
use crate::shaders::shared::pcg64::Generator;

/// Action ids.
pub mod act {
    pub const LEFT: u32 = 0;
    pub const RIGHT: u32 = 1;
    pub const FORWARD: u32 = 2;
    pub const PICKUP: u32 = 3;
    pub const DROP: u32 = 4;
    pub const TOGGLE: u32 = 5;
    pub const DONE: u32 = 6;
    pub const NAMES: [&str; 7] = ["left", "right", "forward", "pickup", "drop", "toggle", "done"];
}

/// Number of tries after which a ball stays where it is. The reference package's limit of 100 allows 101 tries.
const BALL_TRIES: u32 = 101;
/// A reward of 1 - 0.9 * t / max_steps is stored as 10 * max_steps - 9 * t.
pub const REWARD_WHOLE: u32 = 10;
pub const REWARD_LOSS: u32 = 9;

/// The result of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Outcome {
    terminated: bool,
    rewarded: bool,
    punished: bool,
}

/// One instance's words.
pub struct Instance<'a> {
    pub core: &'a mut [u32],
    /// Codes of the cells.
    pub grid: &'a mut [u8],
    pub agent: &'a mut [u32],
    /// Cells of the moving balls.
    pub balls: &'a mut [u32],
}

/// Returns the cell ahead of the agent as (x, y); coordinates wrap around below 0.
#[inline]
pub fn ahead(body: Body) -> (u32, u32) {
    match body.dir {
        0 => (body.x + 1, body.y),
        1 => (body.x, body.y + 1),
        2 => (body.x.wrapping_sub(1), body.y),
        _ => (body.x, body.y.wrapping_sub(1)),
    }
}

/// Runs one step of one instance; `chance` draws the moves of the balls.
#[inline]
pub fn step<C: Chance>(rules: &Rules, it: &mut Instance, chance: &mut C) {
    let action = action_of(rules, it.core[Core::ACTION]);
    let mut body = Body::unpack(it.agent[word::BODY]);
    let (x, y) = ahead(body);
    let inside = x < rules.width && y < rules.height;
    let at = if inside { (y * rules.width + x) as usize } else { 0 };
    let before = if inside { it.grid[at] } else { cells::WALL_GREY };
    let held = body.carrying;
    let doors_before = if rules.task == Task::OpenInOrder { doors_open(rules, it) } else { (false, false) };

    for ball in 0..it.balls.len() {
        move_ball(rules, it, body, ball, chance);
    }
    let front = if inside { it.grid[at] } else { cells::WALL_GREY };
    let mut outcome = Outcome::default();
    let mut after = front;
    match action {
        act::LEFT => body.dir = (body.dir + 3) & 3,
        act::RIGHT => body.dir = (body.dir + 1) & 3,
        act::FORWARD => {
            if cells::can_be_entered(front) {
                (body.x, body.y) = (x, y);
            }
            outcome.rewarded = class_of(front) == class::GOAL;
            outcome.terminated = outcome.rewarded || class_of(front) == class::LAVA;
        }
        act::PICKUP if held == 0 && cells::can_be_carried(front) => {
            body.carrying = front;
            after = EMPTY;
        }
        act::DROP if held != 0 && front == EMPTY => {
            body.carrying = 0;
            after = held;
        }
        act::TOGGLE => after = toggled(front, held),
        _ => {}
    }
    if after != front {
        it.grid[at] = after;
    }
    it.agent[word::BODY] = body.pack();

    judge(rules, it, &mut outcome, action, body, held, before, doors_before);
    finish(rules, it.core, outcome);
}

/// Returns the action that the rules apply. Where only three actions exist, other ids act as the first one; elsewhere unknown ids do
/// nothing. In the memory task `pickup` acts as `toggle`.
#[inline]
fn action_of(rules: &Rules, action: u32) -> u32 {
    match rules.task {
        Task::Avoid if action > act::FORWARD => act::LEFT,
        Task::Match if action == act::PICKUP => act::TOGGLE,
        _ => action,
    }
}

/// Returns what a door or a box becomes when it is toggled; other codes do not change.
#[inline]
fn toggled(front: u8, held: u8) -> u8 {
    let colour = colour_of(front);
    match class_of(front) {
        class::DOOR_OPEN => code(class::DOOR_CLOSED, colour),
        class::DOOR_CLOSED => code(class::DOOR_OPEN, colour),
        class::DOOR_LOCKED if held == code(class::KEY, colour) => code(class::DOOR_OPEN, colour),
        class::BOX.. => cells::content(front),
        _ => front,
    }
}

/// Moves a ball to a random cell of the 3 x 3 cells around it that is empty and not the agent's. If all tries fail, it stays.
fn move_ball<C: Chance>(rules: &Rules, it: &mut Instance, body: Body, ball: usize, chance: &mut C) {
    let (x, y) = (it.balls[ball] & 255, it.balls[ball] >> 8 & 255);
    let (left, top) = (x.saturating_sub(1), y.saturating_sub(1));
    let (right, bottom) = ((left + 3).min(rules.width), (top + 3).min(rules.height));
    chance.turn(entity::CELL + y * rules.width + x);
    for _ in 0..BALL_TRIES {
        let to_x = left + chance.below(right - left);
        let to_y = top + chance.below(bottom - top);
        let to = (to_y * rules.width + to_x) as usize;
        if it.grid[to] == EMPTY && (to_x, to_y) != (body.x, body.y) {
            let from = (y * rules.width + x) as usize;
            it.grid[to] = it.grid[from];
            it.grid[from] = EMPTY;
            it.balls[ball] = cell_word(to_x, to_y);
            return;
        }
    }
}

/// Whether the doors at the two targets are open.
#[inline]
fn doors_open(rules: &Rules, it: &Instance) -> (bool, bool) {
    let open = |target: usize| class_of(it.grid[cell_at(rules, it.agent[target])]) == class::DOOR_OPEN;
    (open(word::TARGET), open(word::OTHER))
}

#[inline]
fn cell_at(rules: &Rules, target: u32) -> usize {
    ((target >> 8 & 255) * rules.width + (target & 255)) as usize
}

/// Whether the agent is next to the target, not diagonally; its direction does not matter.
#[inline]
fn is_beside(body: Body, target: u32) -> bool {
    let (dx, dy) = (body.x.abs_diff(target & 255), body.y.abs_diff(target >> 8 & 255));
    dx + dy == 1
}

/// Applies the rules of the task. `held` is what was carried before the action, `before` what was ahead before the balls moved.
#[allow(clippy::too_many_arguments)] // all inputs of the rules of tasks, in one place
#[inline]
fn judge(
    rules: &Rules,
    it: &Instance,
    outcome: &mut Outcome,
    action: u32,
    body: Body,
    held: u8,
    before: u8,
    doors_before: (bool, bool),
) {
    let target = it.agent[word::TARGET];
    match rules.task {
        Task::Goal => {}
        Task::Pickup => {
            if action == act::PICKUP && u32::from(body.carrying) == target {
                (outcome.rewarded, outcome.terminated) = (true, true);
            }
        }
        Task::Fetch => {
            if body.carries() {
                (outcome.rewarded, outcome.terminated) = (u32::from(body.carrying) == target, true);
            }
        }
        Task::GoTo => {
            outcome.rewarded |= action == act::DONE && is_beside(body, target);
            outcome.terminated |= action == act::DONE || action == act::TOGGLE;
        }
        Task::PutNear => put_near(outcome, action, body, held, target, it.agent[word::OTHER]),
        Task::Open => {
            if action == act::TOGGLE && class_of(it.grid[cell_at(rules, target)]) == class::DOOR_OPEN {
                (outcome.rewarded, outcome.terminated) = (true, true);
            }
        }
        Task::OpenInOrder => {
            let (first, second) = doors_open(rules, it);
            if second || first && doors_before.1 {
                (outcome.rewarded, outcome.terminated) = (second && doors_before.0, true);
            }
        }
        Task::Match => {
            let here = cell_word(body.x, body.y);
            if here == target || here == it.agent[word::OTHER] {
                (outcome.rewarded, outcome.terminated) = (here == target, true);
            }
        }
        Task::Avoid => {
            if action == act::FORWARD && before != EMPTY && class_of(before) != class::GOAL {
                (outcome.punished, outcome.terminated) = (true, true);
            }
        }
    }
}

/// Picking up a wrong object ends the episode, and so does every attempt to drop an object; a drop near the target is rewarded.
#[inline]
fn put_near(outcome: &mut Outcome, action: u32, body: Body, held: u8, wanted: u32, target: u32) {
    if action == act::PICKUP && body.carries() && u32::from(body.carrying) != wanted {
        outcome.terminated = true;
    }
    if action == act::DROP && held != 0 {
        let (x, y) = ahead(body);
        let near = x.abs_diff(target & 255) <= 1 && y.abs_diff(target >> 8 & 255) <= 1;
        outcome.rewarded |= !body.carries() && near;
        outcome.terminated = true;
    }
}

/// Counts the step and writes reward and flags.
#[inline]
fn finish(rules: &Rules, core: &mut [u32], outcome: Outcome) {
    let now = core[Core::STEP].wrapping_add(1);
    let whole = REWARD_WHOLE.wrapping_mul(rules.max_steps);
    core[Core::STEP] = now;
    core[Core::REWARD] = match outcome {
        Outcome { punished: true, .. } => whole.wrapping_neg(),
        Outcome { rewarded: true, .. } => whole.wrapping_sub(REWARD_LOSS.wrapping_mul(now)),
        _ => 0,
    };
    let terminated = if outcome.terminated { Core::TERMINATED } else { 0 };
    let truncated = if now >= rules.max_steps { Core::TRUNCATED } else { 0 };
    core[Core::FLAGS] = terminated | truncated;
}
