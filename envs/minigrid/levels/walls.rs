//! Walls that stand in every level of a ruleset, drawn once at loading.

use crate::envs::minigrid::cells::{EMPTY, GOAL_GREEN, LAVA_RED, WALL_GREY};

pub struct Walls {
    pub cells: Vec<u8>,
    width: i32,
    height: i32,
}

impl Walls {
    pub fn new(width: i32, height: i32) -> Self {
        Walls { cells: vec![EMPTY; (width * height) as usize], width, height }
    }

    pub fn set(&mut self, x: i32, y: i32, code: u8) {
        self.cells[(y * self.width + x) as usize] = code;
    }

    fn row(&mut self, y: i32, from: i32, to: i32) {
        (from..to).for_each(|x| self.set(x, y, WALL_GREY));
    }

    fn column(&mut self, x: i32, from: i32, to: i32) {
        (from..to).for_each(|y| self.set(x, y, WALL_GREY));
    }

    /// The four sides of a rectangle.
    pub fn rect(&mut self, x: i32, y: i32, w: i32, h: i32) {
        self.row(y, x, x + w);
        self.row(y + h - 1, x, x + w);
        self.column(x, y, y + h);
        self.column(x + w - 1, y, y + h);
    }

    fn border(&mut self) {
        self.rect(0, 0, self.width, self.height);
    }

    /// Equal rooms that share walls.
    pub fn rooms(&mut self, columns: i32, rows: i32) {
        let (w, h) = ((self.width - 1) / columns, (self.height - 1) / rows);
        (0..=columns).for_each(|i| self.column(i * w, 0, self.height));
        (0..=rows).for_each(|j| self.row(j * h, 0, self.width));
    }

    pub fn four_rooms(&mut self) {
        self.border();
        self.column(self.width / 2, 0, self.height);
        self.row(self.height / 2, 0, self.width);
    }

    pub fn playground(&mut self) {
        self.border();
        let (w, h) = (self.width / 3, self.height / 3);
        for k in 1..3 {
            self.column(k * w, 0, 3 * h);
            self.row(k * h, 0, 3 * w);
        }
    }

    /// A corridor down the middle, three rooms on either side.
    pub fn locked_room(&mut self) {
        self.border();
        let (left, right) = (self.width / 2 - 2, self.width / 2 + 2);
        self.column(left, 0, self.height);
        self.column(right, 0, self.height);
        for n in 0..3 {
            let y = n * (self.height / 3);
            self.row(y, 0, left);
            self.row(y, right, self.width);
        }
    }

    /// The start room, and the hallway if its end is always the same.
    pub fn memory(&mut self, hallway_end: Option<i32>) {
        self.border();
        let (upper, lower) = (self.height / 2 - 2, self.height / 2 + 2);
        self.row(upper, 1, 5);
        self.row(lower, 1, 5);
        self.set(4, upper + 1, WALL_GREY);
        self.set(4, lower - 1, WALL_GREY);
        if let Some(end) = hallway_end {
            self.row(upper + 1, 5, end);
            self.row(lower - 1, 5, end);
            self.column(end, 0, self.height / 2);
            self.column(end, self.height / 2 + 1, self.height);
            self.column(end + 2, 0, self.height);
        }
    }

    /// Goal in the upper right corner, lava in the first row and in another.
    pub fn dist_shift(&mut self, second_row: i32) {
        self.set(self.width - 2, 1, GOAL_GREEN);
        for x in 3..self.width - 3 {
            self.set(x, 1, LAVA_RED);
            self.set(x, second_row, LAVA_RED);
        }
    }
}
