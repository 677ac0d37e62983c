using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching;

/// <summary>What is known of a record's gender.</summary>
internal enum Gender : byte
{
    Unknown,
    Female,
    Male,
}

/// <summary>A record whose values are brought to the forms that are compared. No value twice; order as in the source.</summary>
internal sealed class MatchRecord
{
    public const int NumberKinds = MatchField.Account - MatchField.NationalId + 1;

    public required string Id { get; init; }
    public PersonName[] Names { get; init; } = [];
    public OrganisationName[] Organisations { get; init; } = [];
    public BirthDate[] BirthDates { get; init; } = [];
    public Gender Gender { get; init; }
    public string[] Emails { get; init; } = [];
    public string[] Phones { get; init; } = [];
    public Address[] Addresses { get; init; } = [];

    /// <summary>By kind, from <see cref="MatchField.NationalId"/> on.</summary>
    public string[][] Numbers { get; init; } = [];

    /// <summary>Employer, occupation and place of birth.</summary>
    public string[][] Traits { get; init; } = [];
}
