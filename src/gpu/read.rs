//! Reading one buffer.

use super::buffer::{Staging, Words};
use super::kernel::Pass;
use super::{Gpu, Result};

impl Words {
    /// Reads `out.len()` words from word `at` on, after all submitted work is done. For several buffers, or after kernels, see
    /// [`Pass::submit_and_read`].
    ///
    /// # Errors
    /// [`super::GpuError::Invalid`] if the buffer has fewer words; see [`Gpu::check`].
    pub fn read(&self, gpu: &Gpu, at: usize, out: &mut [u32]) -> Result<()> {
        self.fits(at, out.len())?;
        if out.is_empty() {
            return Ok(());
        }
        let mut staging = Staging::default();
        let (_, words) = Pass::new(gpu, "readback").submit_and_read(&[(self, at, out.len())], &mut staging)?;
        out.copy_from_slice(&words);
        Ok(())
    }
}
