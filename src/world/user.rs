//! Somebody who uses a client in a simulated world, and does one thing after the other.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::life::{Life, SHARED, client};
use crate::client::Timeout;
use crate::compaction::{Many, Params, Policy};
use crate::error::Error;
use crate::{Client, Operation};

/// Somebody who uses a client.
pub(super) struct User<'a> {
    life: &'a Life,
    client: &'a Client,
    /// The one that it uses instead.
    own: Option<Client>,
    /// That of the client in use.
    number: usize,
    rng: fastrand::Rng,
    /// What it triggered.
    jobs: Vec<i64>,
}

impl<'a> User<'a> {
    pub(super) fn of(life: &'a Life, client: &'a Client, rng: fastrand::Rng) -> Self {
        Self { life, client, own: None, number: SHARED, rng, jobs: Vec::new() }
    }

    pub(super) async fn live(mut self) {
        for _ in 0..self.rng.usize(1..4) {
            match self.rng.u8(0..16) {
                0..=5 => self.compacts().await,
                6..=9 => self.waits().await,
                10 => self.asks_for_state().await,
                11 => self.waits_for_a_job_of_others().await,
                12 => self.resolves().await,
                13 => self.compacts_many().await,
                14 => self.hands_a_job_over(),
                _ => sleep(Duration::from_millis(self.rng.u64(1..100_000))).await,
            }
            if self.rng.bool() {
                sleep(Duration::from_millis(self.rng.u64(1..3_000))).await;
            }
        }
    }

    fn client(&self) -> &Client {
        self.own.as_ref().unwrap_or(self.client)
    }

    /// Gives an operation up after some time, or never.
    async fn may_cancel<T: Send + 'static>(&mut self, operation: Operation<T>) -> Result<T, Error> {
        let context = Arc::clone(operation.context());
        let after = Duration::from_millis(1 << self.rng.u32(0..16));
        let cancels = self.rng.u8(..) < 30;
        let mut running = pin!(operation.simulated());
        if cancels && let Ok(ended) = timeout(after, running.as_mut()).await {
            return ended;
        }
        if cancels {
            context.cancel();
        }
        running.await
    }

    fn limit(&mut self) -> (Timeout, Option<Duration>) {
        match self.rng.u8(0..4) {
            0 => (Timeout::Never, None),
            1 => (Timeout::Default, None),
            _ => {
                let limit = Duration::from_millis(1 << self.rng.u32(0..22))
                    + Duration::from_millis(self.rng.u64(..300));
                (Timeout::After(limit), Some(limit))
            }
        }
    }

    /// A name or an alias, mostly of a collection that exists.
    fn name(&mut self) -> String {
        if self.rng.u8(..) < 10 {
            return "nobody".to_owned();
        }
        let truth = self.life.world.truth();
        let collection = &truth.collections[self.rng.usize(..truth.collections.len())];
        match &collection.alias {
            Some(alias) if self.rng.bool() => alias.clone(),
            _ => collection.name.clone(),
        }
    }

    async fn compacts(&mut self) {
        let (name, clusters, (timeout, limit)) = (self.name(), self.rng.u8(..) < 80, self.limit());
        let operation = self.client().compact_with(&name, Params::new(clusters), timeout);
        let asked = self.life.asks(self.number, &operation, &name, limit);
        let claimed = self.may_cancel(operation).await;
        self.life.claims().of_trigger(&mut self.life.world.truth(), &asked, clusters, &claimed);
        if let Ok(triggered) = claimed {
            self.jobs.push(triggered.job_id);
            self.wait(triggered.job_id).await;
        }
    }

    async fn waits(&mut self) {
        let Some(job_id) = self.rng.choice(self.jobs.iter()).copied() else { return };
        self.wait(job_id).await;
    }

    async fn wait(&mut self, job_id: i64) {
        let (timeout, limit) = self.limit();
        let operation = self.client().compaction_wait(job_id, timeout);
        let asked = self.life.asks(self.number, &operation, "", limit);
        let claimed = self.may_cancel(operation).await;
        let mut claims = self.life.claims();
        claims.of_end(&asked, claimed.as_ref().map_or_else(Some, |waited| waited.error.as_ref()));
        claims.of_wait(&mut self.life.world.truth(), self.number, job_id, &claimed);
    }

    /// Another client learns what this one knows of a job.
    fn hands_a_job_over(&mut self) {
        let Some(job_id) = self.rng.choice(self.jobs.iter()).copied().filter(|id| *id > 0) else { return };
        let text = self.client().job_export(job_id).unwrap();
        let number = self.life.clients.fetch_add(1, Ordering::Relaxed);
        self.life.claims().handed_over(job_id, self.number, number);
        (self.own, self.number) = (Some(client(&mut self.rng)), number);
        let imported = self.client().job_import(&text);
        assert_eq!(imported, Ok(job_id), "{text}");
    }

    /// A job that another client triggered: known by its id, and with its collection or without.
    async fn waits_for_a_job_of_others(&mut self) {
        let (name, (timeout, limit)) = (self.name(), self.limit());
        let job_id = {
            let truth = self.life.world.truth();
            let ids: Vec<_> = truth.jobs.keys().copied().collect();
            self.rng.choice(ids)
        };
        let Some(job_id) = job_id else { return };
        let operation = if self.rng.bool() {
            self.client().compaction_wait_in(&name, job_id, timeout)
        } else {
            self.client().compaction_wait(job_id, timeout)
        };
        let asked = self.life.asks(self.number, &operation, &name, limit);
        self.life.claims().looked_for(&self.life.world.truth(), job_id, &asked);
        let claimed = self.may_cancel(operation).await;
        let mut claims = self.life.claims();
        claims.of_end(&asked, claimed.as_ref().map_or_else(Some, |waited| waited.error.as_ref()));
        claims.of_wait(&mut self.life.world.truth(), self.number, job_id, &claimed);
    }

    async fn asks_for_state(&mut self) {
        let Some(job_id) = self.rng.choice(self.jobs.iter()).copied().filter(|id| *id > 0) else { return };
        let (timeout, limit) = self.limit();
        let operation = self.client().compaction_state(job_id, timeout);
        let asked = self.life.asks(self.number, &operation, "", limit);
        let claimed = self.may_cancel(operation).await;
        let mut claims = self.life.claims();
        claims.of_end(&asked, claimed.as_ref().err());
        if let Ok(info) = claimed {
            claims.of_state(&mut self.life.world.truth(), &asked, job_id, &info);
        }
    }

    async fn resolves(&mut self) {
        let (name, (timeout, limit)) = (self.name(), self.limit());
        let operation = self.client().compaction_resolve(&name, timeout);
        let asked = self.life.asks(self.number, &operation, &name, limit);
        let claimed = self.may_cancel(operation).await;
        let mut claims = self.life.claims();
        claims.of_end(&asked, claimed.as_ref().err());
        if let Ok(resolution) = claimed {
            claims.of_resolution(&mut self.life.world.truth(), &asked, &resolution);
        }
    }

    async fn compacts_many(&mut self) {
        let names: Vec<_> = (0..self.rng.usize(1..4)).map(|_| self.name()).collect();
        let of_names = {
            let truth = self.life.world.truth();
            let found = |name: &String| truth.find(name).map(|found| truth.collections[found].id);
            names.iter().map(|name| (name.clone(), found(name))).collect::<Vec<_>>()
        };
        let clusters = self.rng.u8(..) < 60;
        let (timeout, limit) = self.limit();
        let many = Many {
            names: Some(names),
            params: Params::new(clusters),
            concurrency: self.rng.usize(1..4),
            only_trigger: self.rng.bool(),
            policy: Policy { include_final: self.rng.bool(), ..Policy::default() },
        };
        let operation = self.client().compact_many(many, timeout);
        let asked = self.life.asks(self.number, &operation, "", limit);
        let claimed = self.may_cancel(operation).await;
        let mut claims = self.life.claims();
        let error = claimed.as_ref().map_or_else(Some, |(_, error)| error.as_ref());
        claims.of_end(&asked, error);
        let Ok((items, _)) = claimed else { return };
        let truth = &mut self.life.world.truth();
        for item in items {
            // The collection, if no other name of the call stood for it.
            let meant = of_names.iter().find(|(name, _)| *name == item.name);
            let collection = meant.and_then(|(_, collection)| *collection);
            let is_alone = of_names.iter().filter(|(_, other)| *other == collection).count() == 1;
            let alone = collection.filter(|_| is_alone);
            claims.of_item(truth, &asked, (clusters, alone), item);
        }
    }
}
