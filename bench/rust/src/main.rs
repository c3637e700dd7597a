//! A fixed answer through lambda_http on a runtime of one thread: no gRPC, no gateway, no JSON of its own.
use lambda_http::{run, service_fn, Body, Error, Request, Response};

async fn ping(request: Request) -> Result<Response<Body>, Error> {
    let (status, body) = match request.uri().path() {
        "/v1/ping" => (200, r#"{"message":"Pong"}"#),
        _ => (404, r#"{"code":5,"message":"Not Found","details":[]}"#),
    };
    Ok(Response::builder().status(status).header("content-type", "application/json").body(Body::from(body))?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(ping)).await
}
