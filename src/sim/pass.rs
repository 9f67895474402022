//! A pass: one part of a step, as a value. Its twin and its kernel define what it does. The buffers that it uses, and the instances over
//! which it runs, are declared once for both backends.

use std::ops::Range;
use std::sync::Arc;

use super::block_context::BlockContext;
use super::buffer::{Bind, Buffer, Named, Use};
use crate::shaders::core::fork_sources::ForkSources;

/// The items over which a pass runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassScope {
    /// The active instances: instances that wait for a level, or have stopped, are not active.
    Active,
    /// The reset list: the instances whose next episode begins.
    ResetList,
    /// The recorded instances.
    Recorded,
    /// It runs once.
    Once,
}

/// How many GPU invocations work on one item of the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One invocation.
    Invocation,
    /// A group of invocations.
    Group,
    /// A group that loops over items in strides, for a kernel that copies rows.
    Row,
}

/// What a GPU runs for a pass.
#[derive(Clone, Debug)]
pub enum Program {
    /// A kernel.
    Kernel {
        /// Path of its WGSL file.
        path: &'static str,
        /// Imports to replace: (path in the text, path that replaces it).
        instead: Vec<(&'static str, &'static str)>,
    },
    /// Measures [`Buffer::Reached`] of this number by forking, for the given instances.
    Reach(usize, ForkSources),
}

/// What deferred counting does with a pass of the plugin (see [`super::plugin::DeferredCounting`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// The pass concerns each instance alone, and runs while the instance is simulated.
    No,
    /// The pass counts states in the table of a bonus.
    Insert {
        /// Index of the bonus.
        bonus: usize,
        /// Whether first states of episodes are counted, instead of the transitions of the step.
        reset: bool,
    },
    /// The pass updates the sums of a table, which is part of deferred counting.
    UpdateSum,
    /// The pass computes the score of the bonus of this number, which reads its table.
    Score,
    /// The pass combines all scores into one value. It is the last pass for a transition.
    Fuse,
    /// The pass begins an episode for a bonus with a table.
    Reset,
    /// The pass closes the step: the plugin has processed all first states.
    Close,
}

type Twin<'a> = Arc<dyn Fn(&mut BlockContext) + Send + Sync + 'a>;

/// One part of a step.
#[derive(Clone)]
pub struct Pass<'a> {
    /// Name of the pass in timings and error messages.
    pub name: &'static str,
    /// The instances for which it runs.
    pub over: PassScope,
    /// How many GPU invocations work on one of them.
    pub unit: Unit,
    /// The buffers that it uses, in any order: a kernel finds them by name.
    pub binds: Vec<Bind>,
    /// The CPU side, called for a block of instances. None if another pass does its work on the CPU, so that only a GPU needs this one.
    twin: Option<Twin<'a>>,
    /// The GPU side. None if a GPU has nothing to do: the host does the work elsewhere, or it is needed on the CPU alone.
    pub program: Option<Program>,
    /// What deferred counting does with it.
    pub deferred: Deferred,
}

impl<'a> Pass<'a> {
    /// A pass with neither twin nor kernel, which uses no buffer. It has one invocation for each instance and is not deferred.
    pub fn new(name: &'static str, over: PassScope) -> Pass<'a> {
        let (twin, program) = (None, None);
        Pass { name, over, unit: Unit::Invocation, binds: Vec::new(), twin, program, deferred: Deferred::No }
    }

    /// Adds buffers that the pass reads; a kernel must declare them as read-only.
    pub fn reads<N: Into<Named>>(self, buffers: impl IntoIterator<Item = N>) -> Pass<'a> {
        self.uses(Use::Read, buffers)
    }

    /// Adds buffers that the pass writes; a kernel must declare them as `read_write`.
    pub fn writes<N: Into<Named>>(self, buffers: impl IntoIterator<Item = N>) -> Pass<'a> {
        self.uses(Use::Write, buffers)
    }

    /// Adds buffers that the pass uses in the way `used`.
    pub fn uses<N: Into<Named>>(mut self, used: Use, buffers: impl IntoIterator<Item = N>) -> Pass<'a> {
        self.binds.extend(buffers.into_iter().map(|named| Bind { named: named.into(), used }));
        self
    }

    /// Sets the CPU side: a function that is called for each block of instances.
    pub fn twin(mut self, twin: impl Fn(&mut BlockContext) + Send + Sync + 'a) -> Pass<'a> {
        self.twin = Some(Arc::new(twin));
        self
    }

    /// Sets the GPU side to the WGSL file at `path`, with its imports as they are.
    pub fn kernel(self, path: &'static str) -> Pass<'a> {
        self.kernel_with(path, Vec::new())
    }

    /// Sets the GPU side to a kernel with replaced imports: (path in the text, path that replaces it).
    pub fn kernel_with(self, path: &'static str, instead: Vec<(&'static str, &'static str)>) -> Pass<'a> {
        self.program(Program::Kernel { path, instead })
    }

    /// Sets the GPU side.
    pub fn program(mut self, program: Program) -> Pass<'a> {
        self.program = Some(program);
        self
    }

    /// Sets how many GPU invocations work on one instance.
    pub fn by(mut self, unit: Unit) -> Pass<'a> {
        self.unit = unit;
        self
    }

    /// Sets what deferred counting does with the pass.
    pub fn deferred(mut self, deferred: Deferred) -> Pass<'a> {
        self.deferred = deferred;
        self
    }

    /// Whether there is anything to do on the CPU.
    pub fn has_twin(&self) -> bool {
        self.twin.is_some()
    }

    /// Runs the CPU side for the instances of a block.
    pub fn run(&self, work: &mut BlockContext) {
        if let Some(twin) = &self.twin {
            twin(work);
        }
    }
}

impl std::fmt::Debug for Pass<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Pass")
            .field("name", &self.name)
            .field("over", &self.over)
            .field("binds", &self.binds)
            .finish_non_exhaustive()
    }
}

/// The uses of shared buffers in a stage so far.
#[derive(Default)]
struct Used(Vec<(Buffer, Use)>);

impl Used {
    fn allows(&self, pass: &Pass) -> bool {
        let shared = |bind: &Bind| bind.shared().map(|buffer| (buffer, bind.used));
        pass.binds
            .iter()
            .filter_map(shared)
            .all(|(buffer, used)| self.0.iter().all(|(b, before)| *b != buffer || used.may_follow(*before)))
    }

    fn take(&mut self, pass: &Pass) {
        self.0.extend(pass.binds.iter().filter_map(|bind| Some((bind.shared()?, bind.used))));
    }
}

/// Divides a list of passes into stages: all instances finish one stage before any begins the next. A stage ends where a pass must wait
/// for other instances to use a buffer that they share.
pub fn stages(passes: &[&Pass]) -> Vec<Range<usize>> {
    let (mut stages, mut used) = (Vec::<Range<usize>>::new(), Used::default());
    for (k, pass) in passes.iter().enumerate() {
        match stages.last_mut() {
            Some(last) if used.allows(pass) => last.end = k + 1,
            _ => {
                stages.push(k..k + 1);
                used = Used::default();
            }
        }
        used.take(pass);
    }
    stages
}

/// Whether the last stage of a step and the first stage of the next step may run as one.
pub fn wraps(passes: &[&Pass], stages: &[Range<usize>]) -> bool {
    let [first, .., last] = stages else { return true };
    let mut used = Used::default();
    passes[last.clone()].iter().for_each(|pass| used.take(pass));
    passes[first.clone()].iter().all(|pass| {
        let allows = used.allows(pass);
        used.take(pass);
        allows
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(uses: &[(Use, usize)]) -> Pass<'static> {
        uses.iter().fold(Pass::new("p", PassScope::Active).writes([Buffer::Core]), |pass, (used, t)| {
            pass.uses(*used, [Buffer::Table(*t)])
        })
    }

    #[test]
    fn a_stage_ends_where_a_shared_buffer_must_be_waited_for() {
        use Use::{Insert, Read, UpdateSum};
        let none = || pass(&[]);
        // Counts that are read after insertion, with sums: insert, update the sum, read, and insert first states after that.
        let list = [
            none(),
            pass(&[(Insert, 0)]),
            pass(&[(UpdateSum, 0)]),
            pass(&[(Read, 0)]),
            none(),
            pass(&[(Insert, 0)]),
            pass(&[(UpdateSum, 0)]),
        ];
        let list: Vec<&Pass> = list.iter().collect();
        let cut = stages(&list);
        assert_eq!(cut, [0..2, 2..3, 3..5, 5..6, 6..7]);
        assert!(wraps(&list, &cut));
        // Counts that are read before insertion: no instance inserts before all have read, also in the next step.
        let list = [pass(&[(Read, 0)]), pass(&[(Insert, 0)]), none(), pass(&[(Insert, 0)])];
        let list: Vec<&Pass> = list.iter().collect();
        let cut = stages(&list);
        assert_eq!(cut, [0..1, 1..4]);
        assert!(!wraps(&list, &cut));
        // Other tables do not matter.
        assert_eq!(stages(&[&pass(&[(Read, 0)]), &pass(&[(Insert, 1)]), &pass(&[(Read, 0)])]).len(), 1);
        assert_eq!(stages(&[&none(), &none()]).len(), 1);
        assert_eq!(stages(&[]), Vec::<Range<usize>>::new());
    }
}
