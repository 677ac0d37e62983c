using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Where an address is read: a text, or a value of its own type that the host parsed once.</summary>
internal abstract class AddressSource<T>(Slot<T> place)
{
    public Slot<T> Place { get; } = place;

    /// <summary>Equal for sources that give the same.</summary>
    public object Field => (Place, "address");

    /// <summary>False if it is missing or none: the fault is in the scratch.</summary>
    public abstract bool TryRead(T input, EvaluationScratch scratch, out AddressBits address);
}

/// <summary>An address as a number.</summary>
internal readonly record struct AddressBits(UInt128 Bits, bool IsV6);

internal sealed class AddressInText<T>(ScalarSlot<T, string> slot) : AddressSource<T>(slot)
{
    public override bool TryRead(T input, EvaluationScratch scratch, out AddressBits address)
    {
        string? text = slot.Field(input);
        if (text is not null && scratch.Address.TryParse(text, out address))
            return true;
        address = default;
        scratch.Fail(text is null ? slot.Missing : ParsedAddress.ValueOf(text));
        return false;
    }
}

internal sealed class AddressValue<T>(Slot<T> slot) : AddressSource<T>(slot)
{
    public override bool TryRead(T input, EvaluationScratch scratch, out AddressBits address)
    {
        Value value = Place.Read(input);
        if (value.Object is IpAddress found)
        {
            address = new(found.Bits, found.IsV6);
            return true;
        }
        address = default;
        scratch.Fail(value.IsFault ? value : Value.Error("no such overload: containsIP"));
        return false;
    }
}

/// <summary><c>cidr('...').containsIP(address)</c> (network extension).</summary>
internal sealed class AddressIn<T>(AddressSource<T> source, IpPrefix network) : BoolNode<T>(30)
{
    private readonly AddressRange range = AddressRange.Of(network);

    public AddressSource<T> Source => source;
    public IpPrefix Network => network;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        source.TryRead(input, scratch, out AddressBits address)
            ? Of(range.Contains(address))
            : scratch.Fail(scratch.Failure);
}

/// <summary>The addresses of a network, first to last.</summary>
internal readonly record struct AddressRange(UInt128 First, UInt128 Last, bool IsV6)
{
    public static AddressRange Of(IpPrefix network)
    {
        UInt128 first = network.Masked().Address.Bits;
        int hostBits = network.Address.Length - network.Length;
        UInt128 size = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        return new(first, first + size, network.Address.IsV6);
    }

    public bool Contains(AddressBits address) => address.IsV6 == IsV6 && address.Bits >= First && address.Bits <= Last;
}
