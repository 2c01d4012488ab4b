use super::*;
use crate::ProviderInfo;

#[test]
fn an_error_is_one_pointer_wide_and_may_cross_threads() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
}

#[test]
fn it_says_what_failed_where_why_and_what_to_do_and_keeps_the_services_words_apart() {
    let info =
        ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", "https://x.test");
    let error = Error::new(ErrorKind::InvalidRequest, "the service refused the request")
        .with_provider(&info)
        .with_operation("users_list")
        .with_status(400)
        .with_code("bad\nada@example.com")
        .with_request_id(Some("r1".to_owned()))
        .with_stats(RequestStats::new(2, Duration::ZERO))
        .with_field_error("ordering", "ada@example.com is no field")
        .with_field_error("ada@example.com", "is taken")
        .with_service_message("ada@example.com")
        .with_hint("correct the named fields");
    let text = format!("{error} {error:?}");
    insta::assert_snapshot!(
        error.to_string(),
        @"probely account 'eu', users_list: the service refused the request (ordering) [HTTP status 400, request id r1, 2 attempts]; correct the named fields"
    );
    assert!(!text.contains("ada"), "{text}");
    assert_eq!(error.service_message(), Some("ada@example.com"));
}
