namespace Throughline.Core.Identity.Destinations;

/// <summary>Who an identifier is prepared for: each asks for another form and encoding of the hash.</summary>
public enum DestinationProfile
{
    /// <summary>Unified ID 2.0.</summary>
    Uid2,

    /// <summary>The European Unified ID: the steps of UID2.</summary>
    Euid,

    /// <summary>Google: Data Manager, Enhanced Conversions, Customer Match.</summary>
    Google,

    /// <summary>Meta: Conversions API.</summary>
    Meta,

    /// <summary>Snap: Conversions API; the steps of Meta.</summary>
    Snap,
}

/// <summary>What a value is.</summary>
public enum DestinationKind
{
    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A phone number.</summary>
    Phone,

    /// <summary>A hash that somebody made already, of an address or number in the destination's form.</summary>
    Hash,
}

/// <summary>Why a value cannot be given to a destination.</summary>
public enum DestinationRefusal
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>There is nothing in it.</summary>
    Empty,

    /// <summary>Not one @ with something on both sides, also after what the destination takes away.</summary>
    BadEmail,

    /// <summary>No E.164 number of the length that the destination takes, or its country is not said.</summary>
    BadPhone,

    /// <summary>No hash in an encoding that the destination takes.</summary>
    BadHash,

    /// <summary>Text that is no Unicode: half of a surrogate pair.</summary>
    LoneSurrogate,
}
