namespace Throughline.Server.Api;

/// <summary>The words in which <see cref="Routes"/> describes a route, for authentication and for the OpenAPI document.</summary>
internal static class RouteDescription
{
    /// <summary>What any route with a key may answer besides.</summary>
    private static readonly int[] Always = [401, 500, 503];

    public static RouteHandlerBuilder For(
        this RouteHandlerBuilder route,
        Access access,
        string summary,
        string description
    ) =>
        route
            .WithMetadata(new AccessMetadata(access))
            .WithSummary(summary)
            .WithDescription(description)
            .WithTags(access == Access.Control ? "tenants" : "tenant");

    public static RouteHandlerBuilder Open(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).WithTags("operation");

    /// <summary>The body's shape. The handler itself refuses other content types, so that it can say why.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, params string[] contentTypes) =>
        route.WithMetadata(new BodyMetadata(typeof(T), contentTypes));

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, params int[] failures) =>
        route.Gives<T>(200, failures);

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int success, int[] failures)
    {
        route.Produces<T>(success, "application/json");
        foreach (int status in failures.Concat(Always).Distinct().Where(status => status != success))
            route.Produces<ProblemSchema>(status, Problem.ContentType);
        return route;
    }

    /// <summary>Rows of CSV or NDJSON.</summary>
    public static RouteHandlerBuilder GivesLines(this RouteHandlerBuilder route)
    {
        route.Produces<string>(200, "application/x-ndjson", "text/csv");
        foreach (int status in Always.Append(400))
            route.Produces<ProblemSchema>(status, Problem.ContentType);
        return route;
    }

    public static RouteHandlerBuilder GivesText(this RouteHandlerBuilder route) =>
        route.Produces<string>(200, "text/plain");
}

/// <summary>What a route's body looks like.</summary>
internal sealed record BodyMetadata(Type Type, IReadOnlyList<string> ContentTypes);
