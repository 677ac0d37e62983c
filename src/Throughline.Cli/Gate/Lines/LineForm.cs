namespace Throughline.Cli.Gate.Lines;

/// <summary>What lines a log holds; in options as <c>auto</c>, <c>combined</c>, <c>ndjson</c>, <c>nginx-error</c>.</summary>
internal enum LineForm
{
    /// <summary>Each line says by its beginning what it is; a log may hold several forms.</summary>
    Auto = 0,

    /// <summary>The common and combined formats, also after a virtual host.</summary>
    Combined = 1,

    /// <summary>JSON: our own events, or the JSON access logs that <see cref="JsonRequests"/> names.</summary>
    Ndjson = 2,

    /// <summary>nginx's error log: refused log-ins of HTTP authentication.</summary>
    NginxError = 3,
}

/// <summary>What became of a line.</summary>
internal enum LineOutcome
{
    Request = 0,

    /// <summary>Well-formed, but not about a request: another event, another error.</summary>
    Other = 1,
    Rejected = 2,
}
