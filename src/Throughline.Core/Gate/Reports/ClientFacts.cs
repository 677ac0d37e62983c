using Throughline.Core.Events;

namespace Throughline.Core.Gate.Reports;

/// <summary>What a report's time shows of one client: an address together with a user agent.</summary>
internal record struct ClientFacts
{
    /// <summary>Its first denial or challenge by a rule or the score; 0: none. Times are milliseconds since 1970.</summary>
    public long FirstRefused;

    /// <summary>Requests of it that were denied or challenged by a rule or the score.</summary>
    public long Refusals;

    /// <summary>Its last request that was let through.</summary>
    public long LastAllowed;

    /// <summary>Its last request in 5 minutes of which its actor's verdict is human.</summary>
    public long LastHuman;
    public long LastConversion;

    /// <summary>The first identifier that an event of it showed; default: none did.</summary>
    public Token Identifier;

    /// <summary>The gate itself knew the customer.</summary>
    public bool IsKnown;

    public readonly bool IsRefused => FirstRefused != 0;
    public readonly bool IsCustomer => IsKnown || Identifier != default;
    public readonly bool WasAllowedLater => IsRefused && LastAllowed > FirstRefused;
    public readonly bool WasHumanLater => IsRefused && LastHuman > FirstRefused;
    public readonly bool ConvertedLater => IsRefused && LastConversion > FirstRefused;
}
