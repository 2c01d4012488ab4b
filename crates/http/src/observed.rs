//! Sends events to the observers of an account. A value that is dropped before it finishes sends the event of a cancellation.

use std::{sync::Arc, time::Duration};

use anyprofile_core::Result;
use tokio::time::Instant;

use crate::{
    Observer, OperationContext, OperationFinished, OperationId, OperationOutcome, OperationStarted,
    RequestCancelled, RequestContext, RequestFailed, RequestStarted, ResponseReceived, RetryReason,
    RetryScheduled, WaitReason, Waited,
    account::Account,
    dialect::Dialect,
    failure::request_id,
    outbound::{Broken, Outbound, Received},
};

/// An operation whose events are sent to observers.
pub(crate) struct ObservedOperation {
    account: Arc<Account>,
    context: Arc<OperationContext>,
    began: Instant,
    attempts: u32,
    is_over: bool,
}

impl ObservedOperation {
    pub(crate) fn begin(account: &Arc<Account>, outbound: &Outbound) -> Self {
        let context = Arc::new(OperationContext {
            id: OperationId::next(),
            service: account.info.service.clone(),
            account: account.info.account.clone(),
            name: outbound.operation.clone(),
            method: outbound.method.clone(),
        });
        let account = Arc::clone(account);
        let operation = Self { account, context, began: Instant::now(), attempts: 0, is_over: false };
        operation.account.notify(|observer| {
            observer.operation_started(&OperationStarted { operation: &operation.context });
        });
        operation
    }

    /// Reports that the next request has waited.
    pub(crate) fn waited(&self, wait: Duration, reason: WaitReason) {
        let request = self.request(self.attempts + 1);
        self.account.notify(|observer| observer.waited(&Waited { request: &request, wait, reason }));
    }

    /// Begins the next attempt.
    pub(crate) fn attempt(&mut self) -> ObservedRequest {
        self.attempts += 1;
        let context = self.request(self.attempts);
        let account = Arc::clone(&self.account);
        account.notify(|observer| observer.request_started(&RequestStarted { request: &context }));
        ObservedRequest { account, context, began: Instant::now(), is_over: false }
    }

    /// Reports that another attempt follows the last one.
    pub(crate) fn retry(&self, wait: Duration, reason: RetryReason) {
        let request = self.request(self.attempts);
        self.account
            .notify(|observer| observer.retry_scheduled(&RetryScheduled { request: &request, wait, reason }));
    }

    pub(crate) fn finish<T>(mut self, result: &Result<T>) {
        self.is_over = true;
        self.end(match result {
            Ok(_) => OperationOutcome::Succeeded,
            Err(error) => OperationOutcome::Failed(error.kind()),
        });
    }

    fn end(&self, outcome: OperationOutcome) {
        let (attempts, duration) = (self.attempts, self.began.elapsed());
        self.account.notify(|observer| {
            observer.operation_finished(&OperationFinished {
                operation: &self.context,
                outcome,
                attempts,
                duration,
            });
        });
    }

    fn request(&self, attempt: u32) -> RequestContext {
        RequestContext { operation: Arc::clone(&self.context), attempt }
    }
}

impl Drop for ObservedOperation {
    fn drop(&mut self) {
        // A second panic during unwinding would abort the process, and a panic is not a cancellation.
        if !self.is_over && !std::thread::panicking() {
            self.end(OperationOutcome::Cancelled);
        }
    }
}

/// An attempt whose events are sent to observers.
pub(crate) struct ObservedRequest {
    account: Arc<Account>,
    pub(crate) context: RequestContext,
    began: Instant,
    is_over: bool,
}

impl ObservedRequest {
    pub(crate) fn finish(mut self, result: &Result<Received, Broken>, dialect: &dyn Dialect) {
        self.is_over = true;
        if self.account.options.observers.is_empty() {
            return;
        }
        let (request, duration) = (&self.context, self.began.elapsed());
        let (status, headers, body_bytes) = match result {
            Ok(received) => {
                let body_bytes = received.is_whole.then_some(received.body.len() as u64);
                (received.sent_status, &received.headers, body_bytes)
            }
            Err(Broken::TooLarge(status, headers) | Broken::Redirect(status, headers, _)) => {
                (*status, headers, None)
            }
            Err(Broken::Transport(error)) => {
                let kind = error.kind;
                self.account
                    .notify(|observer| observer.request_failed(&RequestFailed { request, kind, duration }));
                return;
            }
        };
        let request_id = request_id(headers, dialect, &self.account.credential);
        let request_id = request_id.as_deref();
        self.account.notify(|observer| {
            let event = ResponseReceived { request, status, duration, request_id, body_bytes };
            observer.response_received(&event);
        });
    }
}

impl Drop for ObservedRequest {
    fn drop(&mut self) {
        if !self.is_over && !std::thread::panicking() {
            let (request, duration) = (&self.context, self.began.elapsed());
            self.account
                .notify(|observer| observer.request_cancelled(&RequestCancelled { request, duration }));
        }
    }
}

impl Account {
    fn notify(&self, event: impl Fn(&dyn Observer)) {
        for observer in &self.options.observers {
            event(observer.as_ref());
        }
    }
}
