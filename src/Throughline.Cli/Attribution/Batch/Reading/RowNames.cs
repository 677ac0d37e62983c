using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Names that rows have instead of texts, and the key of their hashes.</summary>
/// <param name="seed">Chosen by chance, so that nobody can choose customers that all meet in one place; no result shows it.</param>
internal sealed class RowNames(ulong seed)
{
    private const int MaxCampaigns = 1 << 24;
    private const int MaxChannels = 1 << 24;

    public ulong Seed { get; } = seed;
    public SharedNames Campaigns { get; } = new("campaigns", MaxCampaigns);
    public SharedNames Channels { get; } = new("channels", MaxChannels);
    public SharedNames TouchKinds { get; } = new("kinds of touches", RowPlace.MaxKinds);
    public SharedNames ConversionKinds { get; } = new("kinds of conversions", RowPlace.MaxKinds);

    /// <summary>Hash of an order of a kind of conversion.</summary>
    public ulong OrderKey(ReadOnlySpan<byte> order, int kind) =>
        Core.State.Mix.Two(Core.State.Mix.Bytes(order, Seed), (uint)kind);

    /// <summary>Why one of these names has no number: it is not UTF-8; else there are too many, which is the file's fault.</summary>
    /// <exception cref="CommandException">There are more different names than the limit.</exception>
    public RowReason ReasonFor(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        if (!Utf8.IsValid(first) || !Utf8.IsValid(second) || !Utf8.IsValid(third))
            return RowReason.Utf8Invalid;
        throw CommandException.BadInput(
            "too_many_names",
            $"There are more than {MaxCampaigns} campaigns or channels, or more than {RowPlace.MaxKinds} kinds: is a column the wrong one?"
        );
    }

    /// <summary>Copies a text; short ones without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Append(ref byte target, ReadOnlySpan<byte> text)
    {
        if (text.Length > 16)
        {
            text.CopyTo(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref target, text.Length));
            return;
        }
        for (int i = 0; i < text.Length; i++)
            Unsafe.Add(ref target, i) = text[i];
    }
}
