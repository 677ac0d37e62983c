using System.Text.Json;

namespace Throughline.Server.Api;

/// <summary>
/// Why a request as a whole failed. Closed: problem documents and metrics use these in snake_case; a document or an event
/// that is not valid has a <see cref="Core.Events.RejectionReason"/> instead.
/// </summary>
internal enum ProblemReason
{
    Unauthorized,
    UntrustedProxy,
    NotFound,
    NoSuchRoute,
    MethodNotAllowed,
    BadRequest,
    UnsupportedMediaType,
    UnsupportedEncoding,
    EmptyBody,
    MalformedBody,
    TruncatedBody,
    BadEncoding,
    BodyTooLarge,
    TooManyEvents,
    SlowBody,
    Erased,
    TenantExists,
    InvalidRules,
    VersionConflict,
    ConfirmationNeeded,
    ApprovalNeeded,
    ReportTooLarge,
    TenantBusy,
    Overloaded,
    TenantUnavailable,
    TenantDamaged,
    Internal,
}

/// <summary>The code, HTTP status and title of each reason.</summary>
internal static class ProblemReasons
{
    private static readonly string[] Codes =
    [
        .. Enum.GetNames<ProblemReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];

    public static string Code(this ProblemReason reason) => Codes[(int)reason];

    public static int Status(this ProblemReason reason) =>
        reason switch
        {
            ProblemReason.Unauthorized => 401,
            ProblemReason.UntrustedProxy => 403,
            ProblemReason.NotFound or ProblemReason.NoSuchRoute => 404,
            ProblemReason.MethodNotAllowed => 405,
            ProblemReason.SlowBody => 408,
            ProblemReason.TenantExists or ProblemReason.VersionConflict => 409,
            ProblemReason.ConfirmationNeeded or ProblemReason.ApprovalNeeded => 409,
            ProblemReason.Erased => 410,
            ProblemReason.BodyTooLarge or ProblemReason.TooManyEvents => 413,
            ProblemReason.UnsupportedMediaType or ProblemReason.UnsupportedEncoding => 415,
            ProblemReason.TenantBusy => 429,
            ProblemReason.Internal or ProblemReason.TenantDamaged => 500,
            ProblemReason.Overloaded or ProblemReason.TenantUnavailable => 503,
            _ => 400,
        };

    /// <summary>One sentence for people.</summary>
    public static string Title(this ProblemReason reason) =>
        reason switch
        {
            ProblemReason.Unauthorized => "A valid API key is needed.",
            ProblemReason.UntrustedProxy => "Only trusted proxies may ask here.",
            ProblemReason.NotFound => "There is no such thing.",
            ProblemReason.NoSuchRoute => "There is nothing at this address.",
            ProblemReason.MethodNotAllowed => "This address does not take this method.",
            ProblemReason.UnsupportedMediaType => "This content type is not taken here.",
            ProblemReason.UnsupportedEncoding => "This content encoding is not taken; gzip and br are.",
            ProblemReason.EmptyBody => "The body is empty.",
            ProblemReason.MalformedBody => "The body cannot be cut into events from here on.",
            ProblemReason.TruncatedBody => "The body ends too early.",
            ProblemReason.BadEncoding => "The body is not what its content encoding says.",
            ProblemReason.BodyTooLarge => "The body is too large.",
            ProblemReason.TooManyEvents => "The body holds too many events.",
            ProblemReason.SlowBody => "The body came too slowly.",
            ProblemReason.Erased => "This customer was erased.",
            ProblemReason.TenantExists => "There is such a tenant already.",
            ProblemReason.InvalidRules => "The rules are not valid.",
            ProblemReason.VersionConflict => "Somebody else has published meanwhile.",
            ProblemReason.ConfirmationNeeded => "A rule would match much of the recent traffic.",
            ProblemReason.ApprovalNeeded => "Another than the author must approve these rules.",
            ProblemReason.ReportTooLarge => "The answer would be too large.",
            ProblemReason.TenantBusy => "The tenant has too much under way.",
            ProblemReason.Overloaded => "The service has too much under way.",
            ProblemReason.TenantUnavailable => "The tenant's store is not ready.",
            ProblemReason.TenantDamaged => "The tenant's store cannot be used.",
            ProblemReason.Internal => "The service failed.",
            _ => "The request is not valid.",
        };
}
