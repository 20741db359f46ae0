"""The resources of each system: one module per TM Forum API, which builds records in the published v4 shapes."""

from console.sandbox.resources import (
    specifications,
    tmf620_product_offering,
    tmf621_trouble_ticket,
    tmf622_product_order,
    tmf629_customer,
    tmf632_party,
    tmf635_usage,
    tmf637_charge,
    tmf637_product,
    tmf638_service,
    tmf641_service_order,
    tmf646_appointment,
    tmf653_service_test,
    tmf666_account,
    tmf676_payment,
    tmf678_customer_bill,
    tmf683_party_interaction,
)
from console.sandbox.resources.shapes import Links, Resource

SYSTEMS: dict[str, tuple[Resource, ...]] = {
    "crm": (
        tmf629_customer.CUSTOMER,
        tmf632_party.INDIVIDUAL,
        tmf632_party.ORGANIZATION,
        tmf621_trouble_ticket.TROUBLE_TICKET,
        tmf683_party_interaction.PARTY_INTERACTION,
        tmf646_appointment.APPOINTMENT,
        tmf646_appointment.SEARCH_TIME_SLOT,
    ),
    "billing": (
        tmf666_account.BILLING_ACCOUNT,
        tmf666_account.PARTY_ACCOUNT,
        tmf666_account.FINANCIAL_ACCOUNT,
        specifications.BILL_FORMAT,
        specifications.BILL_PRESENTATION_MEDIA,
        specifications.BILLING_CYCLE_SPECIFICATION,
        tmf678_customer_bill.CUSTOMER_BILL,
        tmf678_customer_bill.APPLIED_RATE,
        tmf678_customer_bill.ON_DEMAND,
        tmf676_payment.PAYMENT,
        tmf676_payment.REFUND,
        tmf637_charge.CHARGE,
        tmf635_usage.USAGE,
        tmf635_usage.QUERY_USAGE_CONSUMPTION,
        specifications.USAGE_SPECIFICATION,
    ),
    "provisioning": (
        tmf622_product_order.PRODUCT_ORDER,
        tmf622_product_order.CANCEL_PRODUCT_ORDER,
        tmf641_service_order.SERVICE_ORDER,
        tmf641_service_order.CANCEL_SERVICE_ORDER,
        tmf637_product.PRODUCT,
        tmf638_service.SERVICE,
        tmf653_service_test.SERVICE_TEST,
        specifications.SERVICE_TEST_SPECIFICATION,
        specifications.PRODUCT_SPECIFICATION,
        tmf620_product_offering.PRODUCT_OFFERING,
        tmf620_product_offering.PRODUCT_OFFERING_PRICE,
    ),
}

__all__ = ["SYSTEMS", "Links", "Resource"]
