//! Checks whether a service supports a query.

use super::ListQuery;
use crate::{
    Capabilities, Error, ProviderInfo, Result, capabilities::ListingCapabilities, query::OrderField,
};

impl ListQuery {
    /// Checks that the service supports the query, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported). [`Error::field_errors`] has each unsupported part.
    pub fn check(&self, info: &ProviderInfo, capabilities: &Capabilities) -> Result<()> {
        if let Some(organization) = &self.member_of {
            capabilities.operations.members.check(info, "members", organization)?;
        }
        let violations = capabilities.listing_of(self).violations(self);
        if violations.is_empty() {
            return Ok(());
        }
        let rules: Vec<_> = violations.iter().map(|(part, rule)| format!("{part} {rule}")).collect();
        let error = Error::unsupported(info, "list", &format!("nothing was sent: {}", rules.join("; ")));
        Err(violations.into_iter().fold(error, |error, (part, rule)| error.with_field_error(part, rule)))
    }
}

impl ListingCapabilities {
    /// Returns the parts of a query that this service does not support, each with the rule that it breaks. Sends
    /// nothing.
    pub fn violations(&self, query: &ListQuery) -> Vec<(&'static str, String)> {
        let mut violations = Vec::new();
        if let Some(size) = query.page_size {
            match self.max_page_size {
                _ if size == 0 => violations.push(("page_size", "must be at least 1".to_owned())),
                _ if !self.page_size => {
                    violations.push(("page_size", "is not supported by this service".to_owned()));
                }
                Some(max) if size > max => violations.push(("page_size", format!("must be at most {max}"))),
                _ => {}
            }
        }
        if let Some(collection) = &query.collection {
            let kinds: Vec<_> = self.collections.iter().map(|it| it.kind.as_str()).collect();
            if kinds.is_empty() {
                violations
                    .push(("collection", "is not supported by this service: it has one list".to_owned()));
            } else if !kinds.contains(&collection.as_str()) {
                violations.push(("collection", format!("must be one of: {}", kinds.join(", "))));
            }
        }
        if query.search.is_some() && !self.search {
            violations.push(("search", "is not supported by this service".to_owned()));
        }
        if let Some(order) = &query.order {
            let is_known = self.orders.contains(&order.field);
            let may_be_known = self.any_order && matches!(order.field, OrderField::Other(_));
            if !is_known && !may_be_known {
                let orders: Vec<_> = self.orders.iter().map(OrderField::as_str).collect();
                violations.push((
                    "order",
                    if orders.is_empty() {
                        "is not supported by this service".to_owned()
                    } else {
                        format!("must be one of: {}", orders.join(", "))
                    },
                ));
            }
        }
        violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Order;

    #[test]
    fn a_query_that_the_service_cannot_response_is_told_all_at_once() {
        let listing = ListingCapabilities {
            page_size: true,
            max_page_size: Some(100),
            orders: vec![OrderField::Created],
            ..ListingCapabilities::default()
        };
        let query = ListQuery::new()
            .with_page_size(101)
            .with_search("ada")
            .with_order(Order::ascending(OrderField::Name));
        let violations = listing.violations(&query);
        let parts: Vec<_> = violations.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts, ["page_size", "search", "order"]);
        assert!(listing.violations(&ListQuery::new().with_page_size(100)).is_empty());
        assert_eq!(listing.violations(&ListQuery::new().with_page_size(0)).len(), 1);
    }
}
