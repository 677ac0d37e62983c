namespace Throughline.Server.Edge;

/// <summary>Where a request shows one of the identifiers that events of the tenant have.</summary>
public sealed record IdentifierSource
{
    /// <summary>The identifier's type, as in events: <c>cookie</c>, <c>user</c>, <c>device</c>, or one of the tenant's own.</summary>
    public required string Type { get; init; }

    /// <summary>The cookie that holds it.</summary>
    public string? Cookie { get; init; }

    /// <summary>Or the header, in lower case; clients must not be able to send it themselves if rules trust it.</summary>
    public string? Header { get; init; }
}
