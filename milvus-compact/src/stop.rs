//! Signals that end the command: the first asks everything to stop, a second one ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::milvus::Go;

/// Whether a signal came, and which.
#[derive(Clone, Default)]
pub struct Stop {
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Registers the signals of this process. SIGHUP stays as it is, for nohup; the file of jobs is there whatever ends it.
    pub fn at_signals() -> std::io::Result<Self> {
        let stop = Self::default();
        let is_second = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, 128 + signal, is_second.clone())?;
            flag::register(signal, is_second.clone())?;
            let number = usize::try_from(signal).unwrap_or(0);
            flag::register_usize(signal, stop.signal.clone(), number)?;
        }
        Ok(stop)
    }

    /// The signal that came.
    pub fn signal(&self) -> Option<u8> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            signal => u8::try_from(signal).ok(),
        }
    }

    pub fn is_asked(&self) -> bool {
        self.signal().is_some()
    }

    pub fn go(&self) -> Go {
        if self.is_asked() { Go::Stop } else { Go::On }
    }

    /// Its name, for a sentence.
    pub fn name(&self) -> &'static str {
        match self.signal().map(i32::from) {
            Some(SIGINT) => "Ctrl-C",
            _ => "SIGTERM",
        }
    }
}
