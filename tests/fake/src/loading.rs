//! Whether a collection is loaded, and how its load is refreshed.

use crate::Fake;
use crate::proto::common::{LoadState, Status};
use crate::proto::service::{GetLoadStateRequest, GetLoadingProgressResponse};
use crate::state::{Collection, State, success};

/// Questions about a refreshed load that are answered with "not yet".
const REFRESH_TAKES: u32 = 2;

/// How far a collection is loaded.
#[derive(Debug, Default)]
pub(crate) struct Loading {
    pub(crate) is_loaded: bool,
    /// Questions for which it is being loaded yet.
    left: u32,
    /// The partition that is not loaded although the collection is.
    without: Option<String>,
}

impl Fake {
    /// Loads a collection, with so many rows that are not flushed yet.
    pub fn load(&self, name: &str, growing_rows: i64) {
        self.with(name, |collection| {
            (collection.loading.is_loaded, collection.growing_rows) = (true, growing_rows);
        });
    }

    /// Loads a collection but for its second partition.
    pub fn load_in_part(&self, name: &str) {
        self.load_without(name, "second");
    }

    /// Loads a collection but for this partition.
    pub fn load_without(&self, name: &str, partition: &str) {
        self.load(name, 0);
        self.with(name, |collection| collection.loading.without = Some(partition.to_owned()));
    }

    /// Releases a collection.
    pub fn release(&self, name: &str) {
        self.with(name, Collection::release);
    }

    /// Releases a collection and loads it again: that takes so many questions about its load or what is served of it.
    pub fn reload(&self, name: &str, questions: u32) {
        self.with(name, |collection| collection.reload(questions));
    }
}

impl Collection {
    pub(crate) fn release(&mut self) {
        self.loading = Loading::default();
    }

    pub(crate) fn reload(&mut self, questions: u32) {
        self.loading = Loading { is_loaded: true, left: questions, without: None };
    }

    /// As a question from outside: whether it is loaded by now. Then all that is stored is served.
    pub(crate) fn is_loaded_by_now(&mut self) -> bool {
        let Loading { is_loaded, left, .. } = &mut self.loading;
        if *left == 0 {
            return *is_loaded;
        }
        *left -= 1;
        if *left == 0 {
            self.serving.take_up(&self.segments);
        }
        false
    }

    /// Whether a partition is loaded if the collection is.
    pub(crate) fn loads_partition(&self, id: i64) -> bool {
        let without = self.loading.without.as_ref();
        let unloaded = self.partitions.iter().find(|(name, _)| Some(name) == without);
        unloaded.is_none_or(|(_, unloaded)| *unloaded != id)
    }

    fn not_loaded(&self, how: &str, has_codes: bool) -> Status {
        let code = if has_codes { 101 } else { 0 };
        let reason = format!("{how}collection not loaded[collection={}]", self.id);
        Status { code, error_code: 1, reason, ..Default::default() }
    }
}

impl State {
    /// A collection is loaded if any of its partitions is; of several that are asked about, all have to be.
    pub(crate) fn load_state(&mut self, request: &GetLoadStateRequest) -> LoadState {
        let name = self.real_name(&request.collection_name).unwrap_or_default();
        let Some(collection) = self.collections.get_mut(&name) else { return LoadState::NotExist };
        let without = collection.loading.without.as_ref();
        if without.is_some_and(|partition| request.partition_names.contains(partition)) {
            return LoadState::NotLoad;
        }
        match collection.is_loaded_by_now() {
            true => LoadState::Loaded,
            false if collection.loading.is_loaded => LoadState::Loading,
            false => LoadState::NotLoad,
        }
    }

    /// Loads a collection, or refreshes its load, which only one that is loaded has.
    pub(crate) fn load_collection(&mut self, name: &str, refreshes: bool) -> Option<Status> {
        let has_codes = self.profile.has_codes();
        let Some(name) = self.real_name(name) else { return self.not_found(name) };
        let collection = self.collections.get_mut(&name)?;
        match &collection.loading {
            Loading { is_loaded: true, left: 1.., .. } if refreshes => {
                Some(collection.not_loaded("collection not fully loaded: ", has_codes))
            }
            Loading { is_loaded: false, .. } if refreshes => Some(collection.not_loaded("", has_codes)),
            Loading { is_loaded: false, .. } => {
                collection.reload(REFRESH_TAKES);
                success()
            }
            Loading { .. } => {
                collection.not_yet = REFRESH_TAKES;
                collection.serving.refresh();
                success()
            }
        }
    }

    /// How far the refreshed load is; it takes some questions.
    pub(crate) fn loading_progress(&mut self, name: &str) -> GetLoadingProgressResponse {
        let has_codes = self.profile.has_codes();
        let Some(name) = self.real_name(name) else {
            return GetLoadingProgressResponse { status: self.not_found(name), ..Default::default() };
        };
        let is_done = self.is_done(&name);
        let Some(collection) = self.collections.get_mut(&name) else { return Default::default() };
        if !collection.loading.is_loaded {
            let status = Some(collection.not_loaded("", has_codes));
            return GetLoadingProgressResponse { status, ..Default::default() };
        }
        let is_loaded = collection.is_loaded_by_now();
        let refresh_progress = match collection.serving.refresh_progress(&collection.segments) {
            _ if !is_loaded => 0,
            Some(progress) => progress,
            None if is_done => 100,
            None => 50,
        };
        GetLoadingProgressResponse { status: success(), refresh_progress }
    }
}
